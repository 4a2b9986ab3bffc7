"""What Intercom's answers become. A reader raises UnreadableAnswer where a promised field is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.domain.contact import Contact, UnreadableContact
from app.intercom.regions import Region, read_region


class UnreadableAnswer(ValueError):
    """A field that the API promises is missing or of another type."""


@dataclass(frozen=True)
class ContactPage:
    """The first page of a search; `total` counts all matches."""

    contacts: tuple[Contact, ...]
    total: int


@dataclass(frozen=True)
class Account:
    """The workspace and the admin that a token belongs to."""

    workspace_id: str
    region: Region | None
    timezone: str | None
    name: str
    admin_id: str
    admin_name: str = field(repr=False)
    email_verified: bool = False
    """Whether Intercom made sure that the admin's email is theirs. Only then the token proves who came."""


@dataclass(frozen=True)
class Admin:
    id: str
    name: str = field(repr=False)
    email: str | None = field(repr=False)
    has_inbox_seat: bool


@dataclass(frozen=True)
class Team:
    id: str
    name: str


@dataclass(frozen=True)
class DataAttribute:
    name: str
    data_type: str
    custom: bool
    archived: bool


@dataclass(frozen=True)
class MergeEntry:
    """One contact that was merged into another."""

    source_id: str
    merged_at: datetime | None


def read_contact(json: Mapping[str, Any]) -> Contact:
    try:
        return Contact.from_json(json)
    except UnreadableContact:
        raise UnreadableAnswer("contact without an id") from None


def read_page(json: Mapping[str, Any]) -> ContactPage:
    contacts = tuple(read_contact(entry) for entry in _objects(json, "data"))
    return ContactPage(contacts, read_total(json))


def read_total(json: Mapping[str, Any]) -> int:
    total = json.get("total_count")
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        raise UnreadableAnswer("total_count is no count")
    return total


def read_account(json: Mapping[str, Any]) -> Account:
    app = json.get("app")
    if not isinstance(app, Mapping):
        raise UnreadableAnswer("app is missing")
    return Account(
        workspace_id=_required(app, "id_code"),
        region=read_region(_text(app, "region")),
        timezone=_text(app, "timezone"),
        name=_text(app, "name") or "",
        admin_id=_required(json, "id"),
        admin_name=_text(json, "name") or "",
        email_verified=json.get("email_verified") is True,
    )


def read_admins(json: Mapping[str, Any]) -> tuple[Admin, ...]:
    return tuple(
        Admin(
            id=_required(entry, "id"),
            name=_text(entry, "name") or "",
            email=_text(entry, "email"),
            has_inbox_seat=entry.get("has_inbox_seat") is True,
        )
        for entry in _objects(json, "admins")
    )


def read_teams(json: Mapping[str, Any]) -> tuple[Team, ...]:
    return tuple(Team(_required(entry, "id"), _text(entry, "name") or "") for entry in _objects(json, "teams"))


def read_attributes(json: Mapping[str, Any]) -> tuple[DataAttribute, ...]:
    return tuple(
        DataAttribute(
            name=_required(entry, "name"),
            data_type=_text(entry, "data_type") or "",
            custom=entry.get("custom") is True,
            archived=entry.get("archived") is True,
        )
        for entry in _objects(json, "data")
    )


def read_merges(json: Mapping[str, Any]) -> tuple[MergeEntry, ...]:
    return tuple(
        MergeEntry(
            source_id=_required(entry, "source_contact_id"),
            merged_at=_time(entry.get("merged_at")),
        )
        for entry in _objects(json, "data")
    )


def _objects(json: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    listed = json.get(name)
    if not isinstance(listed, list) or not all(isinstance(entry, Mapping) for entry in listed):
        raise UnreadableAnswer(f"{name} is no list of objects")
    return listed


def _required(json: Mapping[str, Any], name: str) -> str:
    value = _text(json, name)
    if value is None:
        raise UnreadableAnswer(f"{name} is missing")
    return value


def _text(json: Mapping[str, Any], name: str) -> str | None:
    value = json.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None


def _time(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
