"""The shop's channel accounts, and channel links for the people of the furnished workspace.

Written through the repositories that the product uses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import Connection

from app.domain.identity import Match
from app.sandbox import people
from app.sandbox.providers.base import Account, Person
from app.sandbox.providers.registry import PROVIDERS
from app.services import services
from app.storage import conversation_links, identities
from app.storage.channels import ChannelRepository, StoredAccount
from app.storage.database import transaction
from app.storage.identities import Sender

ACCOUNTS: Mapping[str, tuple[str, str]] = {
    "twilio": ("+35315550100", "Shop line"),
    "whatsapp": ("106540352242922", "Shop WhatsApp"),
    "telegram": ("7712345678", "Harbour & Pine bot"),
    "messenger": ("104512345678901", "Harbour & Pine"),
    "instagram": ("17841400000000001", "harbourandpine"),
    "line": ("U5b1c9e0f7a2d4836b5c0d1e2f3a49586", "Harbour & Pine"),
    "viber": ("pa:4912345678901234567", "Harbour & Pine"),
    "wechat": ("gh_7a1c9e0f2b3d", "Harbour & Pine"),
    "vonage": ("+447700900222", "London line"),
    "messagebird": ("+3197010240001", "Amsterdam line"),
    "textmagic": ("+447700900300", "Delivery line"),
    "africastalking": ("22384", "Nairobi short code"),
}
"""Slug -> address and name of the shop's account there."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """One sender on one of the shop's accounts, and why they are linked to the contact."""

    channel: str
    sender: str
    contact_id: str
    match: Match
    conversation_id: str | None = None
    """Where they wrote, and go on to write."""
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
        conversation_id=people.MAYA_CONVERSATION,
        hours_ago=2,
    ),
    Link(
        channel="telegram",
        sender="5201340987",
        handle="@yuki_m",
        name="Yuki",
        contact_id=people.TELEGRAM_LEAD,
        match=Match("new_lead"),
        conversation_id=people.TELEGRAM_CONVERSATION,
        hours_ago=5,
    ),
    Link(
        channel="whatsapp",
        sender="US.61184420039917752204",
        handle="jordan.e",
        name="Jordan",
        contact_id=people.US_LEAD,
        match=Match("new_lead"),
        conversation_id=people.US_CONVERSATION,
        hours_ago=20,
    ),
    Link(
        channel="twilio",
        sender="+447700900123",
        phone="+447700900123",
        contact_id=people.SHARED_PHONE_FIRST,
        match=Match("phone", "+447700900123", (people.SHARED_PHONE_SECOND, people.SHARED_PHONE_LEAD)),
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


def accounts_of(kinbox: Flask, workspace_id: str, kinbox_url: str) -> Callable[[], Mapping[str, Account]]:
    """The accounts that the workspace has in Kinbox at that moment, as their providers know them: one a channel."""

    def accounts() -> Mapping[str, Account]:
        with kinbox.app_context(), transaction() as connection:
            channels = services().channels
            listed = [channels.get(connection, one.id) for one in channels.list(connection, workspace_id=workspace_id)]
        found: dict[str, Account] = {}
        for stored in listed:
            if stored is not None:
                found.setdefault(stored.slug, _account(stored, kinbox_url))
        return found

    return accounts


def _account(stored: StoredAccount, kinbox_url: str) -> Account:
    """Its provider knows every secret of it, those too that nobody entered in Kinbox."""
    secrets = {**PROVIDERS[stored.slug].new_secrets(stored.address), **stored.secrets}
    return Account(
        slug=stored.slug,
        name=stored.name,
        address=stored.address,
        secrets=secrets,
        webhook_url=f"{kinbox_url}{stored.webhook_path}",
    )


STRANGERS = (
    Person(channel="twilio", id="+14155550100", name="Jordan Ellis, (415) 555-0100", phone="+14155550100"),
    Person(channel="whatsapp", id="+14155550100", name="Jordan Ellis", phone="+14155550100"),
)
"""People with a contact in Intercom who have not written here yet."""


def writers() -> tuple[Person, ...]:
    """Everybody whom the customer's phone knows from the start."""
    linked = (
        Person(channel=link.channel, id=link.sender, name=link.name, handle=link.handle, phone=link.phone)
        for link in LINKS
    )
    return (*linked, *STRANGERS)


def open_accounts(
    connection: Connection,
    channels: ChannelRepository,
    workspace_id: str,
    secrets: Mapping[str, Mapping[str, str]],
    at: datetime,
) -> Mapping[str, StoredAccount]:
    """The shop's accounts by channel, made or brought up to date. The workspace must have its row."""
    return {
        slug: channels.ensure(
            connection, workspace_id, slug=slug, address=address, name=name, secrets=secrets.get(slug), at=at
        )
        for slug, (address, name) in ACCOUNTS.items()
    }


def link_people(connection: Connection, accounts: Mapping[str, StoredAccount], workspace_id: str, at: datetime) -> None:
    """Write what the first messages would have left."""
    for link in LINKS:
        sender = Sender(
            account_id=accounts[link.channel].id,
            sender_id=link.sender,
            phone=link.phone,
            handle=link.handle,
            display_name=link.name,
        )
        wrote_at = at - timedelta(hours=link.hours_ago)
        identity_id = identities.link(
            connection,
            workspace_id,
            sender,
            link.contact_id,
            match=link.match.to_json(),
            at=wrote_at,
            message_at=wrote_at,
        )
        if link.conversation_id is not None:
            conversation_links.saw_message(
                connection,
                workspace_id,
                identity_id,
                link.conversation_id,
                contact_id=link.contact_id,
                at=wrote_at,
            )
