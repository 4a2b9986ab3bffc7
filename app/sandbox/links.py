"""Channel links for the furnished workspace, written through the repositories that the product uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.domain.identity import Match
from app.sandbox import people
from app.storage import identities
from app.storage.channels import ChannelRepository
from app.storage.identities import Sender

ACCOUNTS: Mapping[str, tuple[str, str]] = {
    "twilio": ("+35315550100", "Shop line"),
    "whatsapp": ("106540352242922", "Shop WhatsApp"),
    "telegram": ("7712345678", "Harbour & Pine bot"),
    "instagram": ("17841400000000001", "harbourandpine"),
}
"""Slug -> address and name of the shop's account there."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """One sender on one of the shop's accounts, and why they are linked to the contact."""

    channel: str
    sender: str
    contact_id: str
    match: Match
    handle: str | None = None
    name: str | None = None
    phone: str | None = None
    hours_ago: int = 1


LINKS = (
    Link(
        channel="twilio",
        sender="+35315550123",
        phone="+35315550123",
        contact_id=people.MAYA_LEAD,
        match=Match("new_lead"),
        hours_ago=2,
    ),
    Link(
        channel="telegram",
        sender="5201340987",
        handle="@yuki_m",
        name="Yuki",
        contact_id=people.TELEGRAM_LEAD,
        match=Match("new_lead"),
        hours_ago=5,
    ),
    Link(
        channel="whatsapp",
        sender="14155550100",
        phone="+14155550100",
        contact_id=people.US_USER,
        match=Match("phone", "+14155550100", (people.US_LEAD,)),
        hours_ago=20,
    ),
    Link(
        channel="twilio",
        sender="+447700900456",
        phone="+447700900456",
        contact_id=people.SHARED_PHONE_FIRST,
        match=Match("phone", "+447700900456", (people.SHARED_PHONE_SECOND, people.SHARED_PHONE_LEAD)),
        hours_ago=30,
    ),
    Link(
        channel="instagram",
        sender="9032145870001",
        handle="sofia.marino",
        name="Sofia",
        contact_id=people.TWIN_USER_FIRST,
        match=Match("channel_id", "9032145870001"),
        hours_ago=40,
    ),
    Link(
        channel="telegram",
        sender="5209990001",
        handle="@click",
        name="[click](https://evil.example) *bold*",
        contact_id=people.HOSTILE_LEAD,
        match=Match("new_lead"),
        hours_ago=50,
    ),
)


def link_people(
    connection: Connection, channels: ChannelRepository, workspace_id: str, now: Callable[[], datetime]
) -> None:
    """Write the accounts and the links. The workspace must have its row."""
    at = now()
    accounts = {
        slug: channels.ensure(connection, workspace_id, slug=slug, address=address, name=name, at=at).id
        for slug, (address, name) in ACCOUNTS.items()
    }
    for link in LINKS:
        sender = Sender(
            account_id=accounts[link.channel],
            sender_id=link.sender,
            phone=link.phone,
            handle=link.handle,
            display_name=link.name,
        )
        wrote_at = at - timedelta(hours=link.hours_ago)
        identities.link(
            connection,
            workspace_id,
            sender,
            link.contact_id,
            match=link.match.to_json(),
            at=wrote_at,
            message_at=wrote_at,
        )
