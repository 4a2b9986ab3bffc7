"""Ways to Intercom's consent page that were begun. Each is found once, whoever comes back first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert

from app.domain.workspace import Region, read_region
from app.storage.models import OauthState


@dataclass(frozen=True, kw_only=True)
class BegunState:
    """What was begun: for what, in which region, by which browser (a digest), until when it is good."""

    purpose: str
    region: Region
    browser_hash: str
    expires_at: datetime


def begin(connection: Connection, state: str, begun: BegunState, at: datetime) -> None:
    """Remember it, and forget those that are over."""
    connection.execute(delete(OauthState).where(OauthState.expires_at <= at))
    connection.execute(
        insert(OauthState).values(
            state_hash=digest(state),
            browser_hash=begun.browser_hash,
            purpose=begun.purpose,
            region=begun.region,
            expires_at=begun.expires_at,
        )
    )


def take(connection: Connection, state: str) -> BegunState | None:
    """Find and forget it in one step: of two that come at once, one finds nothing."""
    row = connection.execute(
        delete(OauthState)
        .where(OauthState.state_hash == digest(state))
        .returning(OauthState.purpose, OauthState.region, OauthState.browser_hash, OauthState.expires_at)
    ).first()
    if row is None:
        return None
    return BegunState(
        purpose=row.purpose,
        region=read_region(row.region),
        browser_hash=row.browser_hash,
        expires_at=row.expires_at,
    )


def digest(secret: str) -> str:
    """What is stored in place of a secret of 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
