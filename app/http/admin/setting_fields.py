"""Each setting as a field of the form: what it looks like, what it offers, what is chosen now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.channels.registry import adapters
from app.domain.setting_table import FACTS, SETTINGS, Setting
from app.http.admin.choosing import Option
from app.http.admin.connecting import People

Widget = Literal["choice", "flag", "number", "text", "mergers", "people", "assignee", "tags"]
MERGERS_CHOICE, MERGER, TAG = "mergers.choice", "mergers.one", "tag_names."
THESE = "these"
_SECTIONS = (
    ("Finding people", ("country", "priority", "cda_prefix")),
    (
        "Conversations",
        ("new_conversation_after_hours", "assign_to", "mark_as_seen", "tag_conversations", "tag_names"),
    ),
    ("Merging", ("mergers", "note_after_merge")),
    (
        "What is kept, and for how long",
        ("message_retention_days", "snapshot_retention_days", "link_retention_days", "redact_fields"),
    ),
    ("This workspace", ("name", "timezone", "admin_id")),
)
_ELSE = "More"
_WORDS = {
    "latest": "whoever was updated last",
    "lead": "a lead before a user",
    "user": "a user before a lead",
}
_TITLES = {
    "new_conversation_after_hours": "New conversation after",
    "message_retention_days": "Keep messages for",
    "snapshot_retention_days": "Keep merged contacts for",
    "link_retention_days": "Keep links after an uninstall for",
}
_HINTS: Mapping[Widget, str] = {
    "mergers": "Who may press the merge button in the sidebar. It counts from the next click on.",
    "tags": "Other names for the tags. A channel whose field is empty has its usual one.",
    "assignee": "To whom a conversation that a message starts is assigned.",
    "people": "In whose name notes, tags and assignments are written. With nobody, notes are in that of the teammate"
    " who merged, the others in that of whoever connected the workspace.",
}
"""Where something is chosen and not typed, what is to be typed need not be told."""
_CHOICE_HINTS = {"priority": "Who wins among several matches that are equally close."}
EMPTY_IS_NONE = frozenset({"country", "redact_fields"})
"""Typed settings where nothing is as good as `none`, and looks better."""


@dataclass(frozen=True)
class Shown:
    """What the form shows: a text for each key, the faults, and whom there is to choose; None when nobody told."""

    values: Mapping[str, str]
    faults: Mapping[str, str]
    people: People | None
    typed: Mapping[str, str] = field(default_factory=dict)
    """What was typed as each channel's tag; empty when nothing was typed yet."""


@dataclass(frozen=True)
class Field:
    """One setting in the form. `options` is what a choice offers, or what there is to tick or to fill in."""

    setting: Setting
    widget: Widget
    title: str
    hint: str
    """With backticks around what is typed."""
    value: str
    fault: str
    unit: str = ""
    options: tuple[Option, ...] = ()
    chosen: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    fields: tuple[Field, ...]


def sections(shown: Shown) -> tuple[Section, ...]:
    """All settings in their sections; one that has none here goes into the last."""
    known = {one.key: one for one in (*SETTINGS, *FACTS)}
    placed = {key for _, keys in _SECTIONS for key in keys}
    groups = [*_SECTIONS, (_ELSE, tuple(key for key in known if key not in placed))]
    made = (Section(title, tuple(_field(known[key], shown) for key in keys if key in known)) for title, keys in groups)
    return tuple(section for section in made if section.fields)


def _field(setting: Setting, shown: Shown) -> Field:
    value = shown.values.get(setting.key, "")
    widget, options, chosen = _widget(setting, value, shown)
    unit = setting.key.rpartition("_")[2] if setting.kind == "number" else ""
    title = _TITLES.get(setting.key, setting.title)
    return Field(
        setting=setting,
        widget=widget,
        title=title,
        hint=_CHOICE_HINTS.get(setting.key) or _HINTS.get(widget) or f"{setting.explanation}.",
        value="" if setting.key in EMPTY_IS_NONE and value == "none" else value,
        fault=shown.faults.get(setting.key, ""),
        unit=unit,
        options=options,
        chosen=chosen,
    )


def _widget(setting: Setting, value: str, shown: Shown) -> tuple[Widget, tuple[Option, ...], str]:
    people = shown.people
    if setting.kind == "choice":
        return "choice", tuple(Option(one, _WORDS.get(one, one)) for one in setting.choices), ""
    if setting.key == "tag_names":
        return "tags", tuple(_tags(value, shown.typed)), ""
    if people and setting.key == "mergers":
        chosen = value if value in {"everyone", "nobody"} else THESE
        return "mergers", tuple(_ticked(people, value)), chosen
    if people and setting.key == "admin_id":
        return "people", tuple(_or_unknown(value, [Option("none", "nobody in particular"), *_admins(people)])), ""
    if people and setting.key == "assign_to":
        return "assignee", tuple(_or_unknown(value, [Option("none", "nobody"), *_assignees(people)])), ""
    return setting.kind, (), ""


def _admins(people: People) -> Iterator[Option]:
    for one in people.admins:
        yield Option(one.id, one.name or f"Admin {one.id}")


def _assignees(people: People) -> Iterator[Option]:
    for admin in people.admins:
        yield Option(f"admin:{admin.id}", admin.name or f"Admin {admin.id}")
    for team in people.teams:
        yield Option(f"team:{team.id}", f"Team {team.name or team.id}")


def _ticked(people: People, value: str) -> Iterator[Option]:
    """Everybody to tick, those of the setting ticked, also when Intercom no longer names them."""
    chosen = [] if value in {"everyone", "nobody"} else value.split(",")
    for one in people.admins:
        yield Option(one.id, one.name or f"Admin {one.id}", one.id in chosen)
    known = {one.id for one in people.admins}
    for admin_id in chosen:
        if admin_id not in known and admin_id.isdecimal():
            yield Option(admin_id, f"Admin {admin_id}, whom Intercom does not name", chosen=True)


def _or_unknown(value: str, options: list[Option]) -> list[Option]:
    """What is set stays on offer, also when Intercom no longer names it."""
    if value in {option.value for option in options}:
        return options
    return [*options, Option(value, f"{value}, which Intercom does not name")]


def _tags(value: str, typed: Mapping[str, str]) -> Iterator[Option]:
    """A channel each, with the name of its tag: what was typed, or what is set, or nothing for the usual one."""
    stored = dict(pair.split("=", 1) for pair in value.split(",") if "=" in pair)
    for slug, adapter in adapters().items():
        text = (typed or stored).get(slug, "")
        yield Option(slug, f"{adapter.provider} (usually “{adapter.title}”)", text=text)
