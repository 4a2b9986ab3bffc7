"""Send somebody to Intercom's consent page, and know them again when they come back."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.deadline import Deadline
from app.domain.workspace import Region, Workspace
from app.intercom.answers import Account
from app.intercom.client import Intercom
from app.intercom.oauth import OauthApp
from app.storage import oauth_states
from app.storage.database import transaction
from app.storage.oauth_states import BegunState

GOOD_FOR = timedelta(minutes=10)
_REDEEM_S = 20.0

IntercomOf = Callable[[Workspace], Intercom]


class Purpose(StrEnum):
    INSTALL = "install"
    SIGN_IN = "sign_in"


class NotBegun(StrEnum):
    """Why what came back is not what was begun."""

    UNKNOWN = "unknown"
    """Made up, or brought back before."""
    EXPIRED = "expired"
    OTHER_BROWSER = "other_browser"


@dataclass(frozen=True)
class Begun:
    purpose: Purpose
    region: Region


def begin(purpose: Purpose, region: Region, browser: str, at: datetime) -> str:
    """A state to send along: good once, for ten minutes, in the browser whose cookie holds `browser`."""
    state = secrets.token_urlsafe(32)
    begun = BegunState(
        purpose=purpose, region=region, browser_hash=oauth_states.digest(browser), expires_at=at + GOOD_FOR
    )
    with transaction(write=True) as connection:
        oauth_states.begin(connection, state, begun, at)
    return state


def come_back(state: str, browser: str | None, at: datetime) -> Begun | NotBegun:
    """What was begun with `state`. It is used up by this, whatever the answer."""
    with transaction(write=True) as connection:
        begun = oauth_states.take(connection, state)
    if begun is None:
        return NotBegun.UNKNOWN
    if not hmac.compare_digest(oauth_states.digest(browser or ""), begun.browser_hash):
        return NotBegun.OTHER_BROWSER
    if at >= begun.expires_at:
        return NotBegun.EXPIRED
    return Begun(Purpose(begun.purpose), begun.region)


def redeem(oauth: OauthApp, intercom_of: IntercomOf, code: str, region: Region) -> tuple[str, Account]:
    """The token for the code that somebody brought back, and whose it is.

    Raises Disconnected when Intercom does not accept the code or the client secret, and any other IntercomError.
    """
    token = oauth.token_for(code, deadline=Deadline.after(_REDEEM_S))
    return token, intercom_of(Workspace(id="", region=region, token=token)).me()
