"""Pieces that every screen is made of. Whatever a customer can set goes through `plain` here or in the screen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from app.domain.answers import IntercomTrouble, Suggestion
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
LIST_LIMIT = 25
"""Entries of one list or table: more would be a wall of text, and hundreds of long ones over the 64 KB of a canvas."""
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
TROUBLES = {
    "disconnected": "Intercom no longer accepts Kinbox's access token. An admin has to connect the workspace again.",
    "failing": "Intercom reports an error right now.",
    "forbidden": "Kinbox lacks a permission in this workspace. An admin can check the app's permissions.",
    "rate_limited": "Intercom's rate limit is reached.",
    "refused": "Intercom refused the request.",
    "slow": "Intercom is too slow right now.",
    "unreadable": "Intercom's answer could not be read.",
}
"""Why Intercom could not be asked, by the code of the trouble."""


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


def brief(label: str | None, columns: int = 20) -> str:
    """A customer's text that takes at most so many columns; East Asian letters and emoji take two."""
    for limit in (columns, columns // 2):
        shown = plain(label, limit=limit)
        if sum(2 if east_asian_width(letter) in {"W", "F"} else 1 for letter in shown) <= columns:
            break
    return shown or "(no name)"


def role(contact: Contact) -> str:
    return ROLES.get(contact.role, "Unknown role")


def table(rows: Iterable[tuple[str, str | None]]) -> list[Component]:
    """A data table of the rows that have a value; nothing at all when none has."""
    items = [
        FieldValue(field=name(label), value=shown)
        for label, value in rows
        if (shown := plain(value, limit=VALUE_LIMIT))
    ]
    return [DataTable(items=items)] if items else []


def typed_again(text: str) -> str | None:
    """What was typed, for its field; None where escaping would change what it names when it is sent once more."""
    shown = plain(text, limit=200)
    return shown if shown and shown.replace("\u200b", "") == text.strip() else None


def trouble_sentence(trouble: IntercomTrouble) -> str:
    return TROUBLES.get(trouble.code, TROUBLES["failing"])


def submit(component_id: str, label: str, *, style: ButtonStyle = "secondary") -> Button:
    return Button(id=component_id, label=label, action=SubmitAction(), style=style)


def open_link(component_id: str, label: str, url: str) -> Button:
    return Button(id=component_id, label=label, action=UrlAction(url=url), style="link")


def footer(*buttons: Button) -> list[Component]:
    """Navigation, set apart at the bottom."""
    return [Divider(), *buttons]


def back_home(label: str = "Back") -> Button:
    return submit(ids.HOME, label, style="link")


def pick_list(suggestions: Iterable[Suggestion], *, picks: str = ids.MERGE_PICK) -> List:
    """One click names the contact. There is no limit of ten here, unlike in a dropdown."""
    return List(items=[_pick_item(suggestion, picks) for suggestion in islice(suggestions, LIST_LIMIT)])


def _pick_item(suggestion: Suggestion, picks: str) -> Item:
    contact = suggestion.contact
    details = [role(contact), contact.email if contact.email != contact.label else contact.phone]
    return Item(
        id=f"{picks}{contact.id}",
        title=name(contact.label),
        subtitle=" · ".join(plain(detail, limit=NAME_LIMIT) for detail in details if detail),
        tertiary_text=plain(", ".join(suggestion.reasons), limit=VALUE_LIMIT),
        action=SubmitAction(),
    )


def channel_title(identity: LinkedIdentity) -> str:
    channel = CHANNELS.get(identity.channel) or plain(identity.channel.capitalize(), limit=NAME_LIMIT)
    return f"{channel} · {name(identity.account_name)}"


def channel_item(identity: LinkedIdentity, timezone: str) -> Item:
    return Item(
        id=f"{ids.IDENTITY}{identity.id}",
        title=channel_title(identity),
        subtitle=plain(identity.shown_handle, limit=NAME_LIMIT),
        tertiary_text=_heard(identity, timezone),
    )


def _heard(identity: LinkedIdentity, timezone: str) -> str:
    at = f"last message {last_message(identity, timezone)}" if identity.last_message_at else "no message yet"
    return f"{at} · paused" if identity.is_paused else at


def last_message(identity: LinkedIdentity, timezone: str) -> str:
    at = identity.last_message_at
    return date_time(at, timezone) if at else "no message yet"


def date(at: datetime, timezone: str) -> str:
    return canvas_date(at, ZoneInfo(timezone))


def date_time(at: datetime, timezone: str) -> str:
    return canvas_datetime(at, ZoneInfo(timezone))
