"""Arranges channel identities, through the repositories that the product uses."""

from __future__ import annotations

from flask import Flask

from app.domain.identity import Match
from app.services import services
from app.storage import identities
from app.storage.database import transaction
from app.storage.identities import Sender
from app.storage.types import storable
from tests.sidebar.builders import AT


def link_channel(
    kinbox: Flask,
    workspace_id: str,
    contact_id: str,
    *,
    sender_id: str = "+35315550123",
    account: str = "Main line",
    handle: str | None = None,
    match: Match | None = None,
) -> int:
    """Link a sender on an SMS account to the contact, and answer the identity's id."""
    with kinbox.app_context(), transaction(write=True) as connection:
        services().workspaces.ensure_row(connection, workspace_id, AT)
        address = f"+3531555{len(account):04}"
        channel = services().channels.ensure(
            connection, workspace_id, slug="twilio", address=address, name=storable(account) or "", at=AT
        )
        return identities.link(
            connection,
            workspace_id,
            Sender(account_id=channel.id, sender_id=sender_id, handle=handle, display_name=handle),
            contact_id,
            match=(match or Match("phone", sender_id)).to_json(),
            at=AT,
            message_at=AT,
        )
