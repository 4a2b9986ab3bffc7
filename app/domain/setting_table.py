"""Every setting of a workspace with its words: the admin page, the commands' help and the README are made from this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.setting_readers import (
    PRIORITIES,
    read_admin_id,
    read_assignee,
    read_cda_prefix,
    read_country,
    read_flag,
    read_mergers,
    read_name,
    read_number,
    read_priority,
    read_redact_fields,
    read_tag_names,
    read_timezone,
)

Kind = Literal["choice", "flag", "number", "text"]
HOURS_MOST = 336


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting: what it is called, what it does, and how its text is read.

    `explanation` is one plain sentence or two, with Markdown's backticks around what is typed. `choices` are the values
    of a choice; `least` and `most` the bounds of a number, and `also` a word that it may be instead.
    """

    key: str
    title: str
    explanation: str
    kind: Kind
    read: Callable[[str], Any] = field(repr=False)
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    also: str = ""


def _flag(key: str, title: str, explanation: str) -> Setting:
    return Setting(
        key=key, title=title, explanation=explanation, kind="flag", read=read_flag(key), choices=("yes", "no")
    )


def _days(key: str, title: str, explanation: str, least: int, most: int, also: str = "") -> Setting:
    read = read_number(key, "days", least, most, also=also)
    return Setting(
        key=key, title=title, explanation=explanation, kind="number", read=read, least=least, most=most, also=also
    )


def _text(key: str, title: str, explanation: str, read: Callable[[str], Any]) -> Setting:
    return Setting(key=key, title=title, explanation=explanation, kind="text", read=read)


SETTINGS: tuple[Setting, ...] = (
    Setting(
        key="priority",
        title="Who wins among several matches",
        explanation="Who wins among several matches that are equally close: whoever was updated last (`latest`), a"
        " `lead` or a `user`",
        kind="choice",
        read=read_priority,
        choices=PRIORITIES,
    ),
    _text(
        "country",
        "Default country",
        "Two letters, such as IE: where phones without a country code are from. SMS and WhatsApp need it",
        read_country,
    ),
    _text(
        "cda_prefix",
        "Prefix of data attributes",
        "How the data attributes of Kinbox begin: `kinbox_channel`, `kinbox_telegram_id`",
        read_cda_prefix,
    ),
    _text(
        "mergers", "Who may merge", "Who may merge: `everyone`, `nobody`, or admin ids, comma separated", read_mergers
    ),
    _flag("note_after_merge", "Note after a merge", "Leave a note in the conversation after a merge"),
    _flag(
        "tag_conversations",
        "Tag conversations",
        "A conversation that a message starts gets a tag with the name of its channel",
    ),
    _text(
        "tag_names",
        "Names of the tags",
        "Other names for the tags, by channel: `telegram=TG,twilio=Text messages`. A channel that is not named has its"
        " usual title",
        read_tag_names,
    ),
    Setting(
        key="new_conversation_after_hours",
        title="New conversation after (hours)",
        explanation="A message this many hours after the last one, or after the conversation was closed, starts a new"
        " one; 336 is two weeks",
        kind="number",
        read=read_number("new_conversation_after_hours", "hours", 1, HOURS_MOST),
        least=1,
        most=HOURS_MOST,
    ),
    _flag(
        "mark_as_seen",
        "Mark as seen",
        "A conversation is marked as read after each message that Kinbox brings in, so that it does not show as unread",
    ),
    _text(
        "assign_to",
        "Assign new conversations to",
        "To whom a conversation that a message starts is assigned: `none`, a teammate (`admin:814860`) or a team"
        " (`team:7001`)",
        read_assignee,
    ),
    _days(
        "message_retention_days",
        "Keep messages for (days)",
        "How many days the text of a message is kept here after its work has ended",
        1,
        365,
    ),
    _days(
        "snapshot_retention_days",
        "Keep merged contacts for (days)",
        "How many days both contacts are kept as they were before a merge, with the reason for it; `never` removes"
        " nothing",
        1,
        3650,
        also="never",
    ),
    _days(
        "link_retention_days",
        "Keep links after an uninstall for (days)",
        "How many days the links of senders to contacts are kept after the app was uninstalled; 0 removes them at once",
        0,
        365,
    ),
    _text(
        "redact_fields",
        "Fields that are not kept",
        "Which fields are left out of the contacts that are kept with a merge, comma separated:"
        " `email,phone,custom_attributes.vat_number`",
        read_redact_fields,
    ),
)
"""What a team chose: `WorkspaceSettings` has a field for each."""

FACTS: tuple[Setting, ...] = (
    _text("name", "Name", "What lists call the workspace", read_name),
    _text(
        "timezone",
        "Time zone",
        "In which zone the sidebar tells times, such as Europe/Dublin; UTC when Intercom does not say",
        read_timezone,
    ),
    _text(
        "admin_id",
        "Notes and tags in the name of",
        "In whose name notes, tags and assignments are written; without one, notes in that of the teammate who merged,"
        " the others in that of the token",
        read_admin_id,
    ),
)
"""What `Workspace` itself holds and an admin may change. Their first values come from Intercom."""

READERS = {one.key: one.read for one in SETTINGS}
FACT_READERS = {one.key: one.read for one in FACTS}
TITLES = {one.key: one.title for one in (*SETTINGS, *FACTS)}
