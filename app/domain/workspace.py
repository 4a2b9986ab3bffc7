"""A workspace: one Intercom account that Kinbox serves, and what its team has chosen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import timedelta
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from phonenumbers import SUPPORTED_REGIONS

from app.errors import AppError

Region = Literal["us", "eu", "au"]
REGIONS: tuple[Region, ...] = get_args(Region)
PRIORITIES = ("latest", "lead", "user")
YES, NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")


class BadSetting(AppError):
    """A setting's key or value is not one of ours. The message names what is allowed."""


@dataclass(frozen=True, kw_only=True)
class WorkspaceSettings:
    """What a team chose for its workspace."""

    priority: str = "latest"
    """Who wins among several hits: the `latest` updated, a `lead` or a `user`."""
    country: str | None = None
    """ISO 3166 region in which phones without a country code are read."""
    cda_prefix: str = "kinbox"
    mergers: tuple[str, ...] | None = None
    """Ids of the admins who may merge; None is everyone."""
    note_after_merge: bool = True
    tag_conversations: bool = True
    new_conversation_after_hours: int = 336
    """A message this long after the last one, or after the conversation was closed, starts a new conversation."""

    def change(self, key: str, text: str) -> WorkspaceSettings:
        """These settings with one of them read from `text`, as an operator types it.

        Raises BadSetting, which lists the valid keys or values.
        """
        read = _READERS.get(key)
        if read is None:
            raise BadSetting(f"There is no setting {key!r}. The settings are: {', '.join(_READERS)}.")
        return replace(self, **{key: read(text.strip())})

    @property
    def new_conversation_after(self) -> timedelta:
        return timedelta(hours=self.new_conversation_after_hours)

    def allows_merge_by(self, admin_id: str | None) -> bool:
        """Whether this teammate may merge here."""
        return self.mergers is None or admin_id in self.mergers

    def told(self) -> dict[str, str]:
        """Each setting as an operator would type it for `change`."""
        told = {key: _told(getattr(self, key)) for key in _READERS}
        return told | ({"mergers": "everyone"} if self.mergers is None else {})

    def to_json(self) -> dict[str, Any]:
        stored = asdict(self)
        return {**stored, "mergers": None if self.mergers is None else list(self.mergers)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> WorkspaceSettings:
        """Read what `to_json` wrote, perhaps in another version: unknown keys are ignored."""
        known = {one.name: stored[one.name] for one in fields(cls) if one.name in stored}
        if known.get("mergers") is not None:
            known["mergers"] = tuple(str(admin) for admin in known["mergers"])
        return cls(**known)


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """One Intercom workspace. `id` is Intercom's app id; `timezone` an IANA name."""

    id: str
    region: Region
    name: str = ""
    timezone: str = "UTC"
    token: str | None = field(default=None, repr=False)
    admin_id: str | None = None
    """The admin in whose name notes and tags are written."""
    settings: WorkspaceSettings = WorkspaceSettings()

    def change(self, key: str, text: str) -> Workspace:
        """This workspace with its name, timezone, admin_id or one of its settings read from `text`.

        Raises BadSetting.
        """
        if key in _FACT_READERS:
            return replace(self, **{key: _FACT_READERS[key](text.strip())})
        if key not in _READERS:
            raise BadSetting(
                f"There is no setting {key!r}. The settings are: {', '.join([*_READERS, *_FACT_READERS])}."
            )
        return replace(self, settings=self.settings.change(key, text))


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(value) or "nobody"
    return str(value or "none")


def read_region(text: str) -> Region:
    """Raises BadSetting."""
    for region in REGIONS:
        if region == text.strip().lower():
            return region
    raise BadSetting("The region is us, eu or au: where Intercom hosts the workspace.")


def is_timezone(text: str) -> bool:
    """Whether `text` is an IANA time zone that this machine knows."""
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _priority(text: str) -> str:
    if text not in PRIORITIES:
        raise BadSetting(f"priority is one of {', '.join(PRIORITIES)}.")
    return text


def _country(text: str) -> str | None:
    if text.lower() in {"", "none"}:
        return None
    if text.upper() not in SUPPORTED_REGIONS:
        raise BadSetting("country is a two-letter ISO code, such as IE or DE; none clears it.")
    return text.upper()


def _cda_prefix(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", text):
        raise BadSetting("cda_prefix starts with a letter and has letters, digits and _ only, at most 40 of them.")
    return text


def _mergers(text: str) -> tuple[str, ...] | None:
    if text == "everyone":
        return None
    if text == "nobody":
        return ()
    admins = tuple(part.strip() for part in text.split(","))
    if not all(re.fullmatch(r"[0-9]{1,20}", admin) for admin in admins):
        raise BadSetting("mergers is everyone, nobody, or the ids of admins, comma separated, such as 814860,814861.")
    return admins


def _flag(key: str) -> Callable[[str], bool]:
    def read(text: str) -> bool:
        if text.lower() in YES:
            return True
        if text.lower() in NO:
            return False
        raise BadSetting(f"{key} is yes or no.")

    return read


def _hours(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 336:
        raise BadSetting("new_conversation_after_hours is a number of hours from 1 to 336 (two weeks).")
    return int(text)


def _name(text: str) -> str:
    if not 0 < len(text) <= 200:
        raise BadSetting("name has 1 to 200 characters.")
    return text


def _timezone(text: str) -> str:
    if not is_timezone(text):
        raise BadSetting("timezone is an IANA name, such as Europe/Dublin or UTC.")
    return text


def _admin_id(text: str) -> str | None:
    if text == "none":
        return None
    if not re.fullmatch(r"[0-9]{1,20}", text):
        raise BadSetting("admin_id is the number of an admin in Intercom; none clears it.")
    return text


_READERS: dict[str, Callable[[str], Any]] = {
    "priority": _priority,
    "country": _country,
    "cda_prefix": _cda_prefix,
    "mergers": _mergers,
    "note_after_merge": _flag("note_after_merge"),
    "tag_conversations": _flag("tag_conversations"),
    "new_conversation_after_hours": _hours,
}
_FACT_READERS: dict[str, Callable[[str], Any]] = {
    "name": _name,
    "timezone": _timezone,
    "admin_id": _admin_id,
}
