"""Pieces that every screen is made of. Whatever a customer can set goes through `plain` here or in the screen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.answers import Suggestion
from app.domain.contact import Contact
from app.domain.identity import LinkedIdentity
from app.sidebar import ids
from canvas_components import (
    Button,
    ButtonStyle,
    Component,
    DataTable,
    Divider,
    FieldValue,
    Item,
    List,
    SubmitAction,
    Text,
    UrlAction,
    bold,
    canvas_date,
    canvas_datetime,
    plain,
)

NAME_LIMIT = 60
VALUE_LIMIT = 120
ROLES = {"lead": "Lead", "user": "User"}
CHANNELS = {
    "africastalking": "SMS",
    "messagebird": "SMS",
    "textmagic": "SMS",
    "twilio": "SMS",
    "vonage": "SMS",
    "instagram": "Instagram",
    "line": "LINE",
    "messenger": "Messenger",
    "telegram": "Telegram",
    "viber": "Viber",
    "wechat": "WeChat",
    "whatsapp": "WhatsApp",
}


def header(text: str) -> Text:
    return Text(text=text, style="header")


def muted(text: str) -> Text:
    return Text(text=text, style="muted")


def error(text: str) -> Text:
    return Text(text=text, style="error")


def name(label: str) -> str:
    """A customer's name, safe inside a sentence."""
    return plain(label, limit=NAME_LIMIT) or "(no name)"


def strong(label: str) -> str:
    """A customer's name, safe and bold inside a `text` component."""
    return bold(plain(label, limit=NAME_LIMIT) or "(no name)")


def who(contact: Contact) -> str:
    return strong(contact.label)


def role(contact: Contact) -> str:
    return ROLES.get(contact.role, "Unknown role")


def table(rows: Iterable[tuple[str, str | None]]) -> list[Component]:
    """A data table of the rows that have a value; nothing at all when none has."""
    items = [
        FieldValue(field=plain(label, limit=NAME_LIMIT), value=shown)
        for label, value in rows
        if (shown := plain(value, limit=VALUE_LIMIT))
    ]
    return [DataTable(items=items)] if items else []


def submit(component_id: str, label: str, *, style: ButtonStyle = "secondary") -> Button:
    return Button(id=component_id, label=label, action=SubmitAction(), style=style)


def open_link(component_id: str, label: str, url: str) -> Button:
    return Button(id=component_id, label=label, action=UrlAction(url=url), style="link")


def footer(*buttons: Button) -> list[Component]:
    """Navigation, set apart at the bottom."""
    return [Divider(), *buttons]


def back_home(label: str = "Back") -> Button:
    return submit(ids.HOME, label, style="link")


def pick_list(suggestions: Iterable[Suggestion]) -> List:
    """One click names the contact. There is no limit of ten here, unlike in a dropdown."""
    return List(items=[_pick_item(suggestion) for suggestion in suggestions])


def _pick_item(suggestion: Suggestion) -> Item:
    contact = suggestion.contact
    details = [role(contact), contact.email if contact.email != contact.label else contact.phone]
    return Item(
        id=f"{ids.MERGE_PICK}{contact.id}",
        title=name(contact.label),
        subtitle=" · ".join(plain(detail, limit=NAME_LIMIT) for detail in details if detail),
        tertiary_text=plain(", ".join(suggestion.reasons), limit=VALUE_LIMIT),
        action=SubmitAction(),
    )


def channel_title(identity: LinkedIdentity) -> str:
    channel = CHANNELS.get(identity.channel, identity.channel.capitalize())
    return f"{channel} · {name(identity.account_name)}"


def channel_item(identity: LinkedIdentity, timezone: str) -> Item:
    at = identity.last_message_at
    return Item(
        id=f"identity:{identity.id}",
        title=channel_title(identity),
        subtitle=plain(identity.shown_handle, limit=NAME_LIMIT),
        tertiary_text=f"last message {date_time(at, timezone)}" if at else "no message yet",
    )


def date(at: datetime, timezone: str) -> str:
    return canvas_date(at, ZoneInfo(timezone))


def date_time(at: datetime, timezone: str) -> str:
    return canvas_datetime(at, ZoneInfo(timezone))


def count(number: int, singular: str) -> str:
    return f"{number} {singular}" if number == 1 else f"{number} {singular}s"
