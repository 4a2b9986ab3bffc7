"""Reads settings as somebody types them. Each reader takes the text without blanks around it, or raises BadSetting."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from phonenumbers import SUPPORTED_REGIONS

from app.errors import AppError

PRIORITIES = ("latest", "lead", "user")
YES, NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")
NEVER = 0
"""How a number of days says that nothing is removed by itself."""
REDACTABLE = (
    "name",
    "email",
    "phone",
    "external_id",
    "avatar",
    "location",
    "social_profiles",
    "companies",
    "tags",
    "notes",
    "referrer",
    "browser",
    "os",
)
"""Fields of a contact that a workspace may leave out of what Kinbox keeps. Source: contact object, REST 2.16."""
_REDACTED_ATTRIBUTE = re.compile(r"custom_attributes\.[^,.$\x00-\x1f]{1,190}")
"""A custom attribute's name has no . and no $."""
_ADMIN = re.compile(r"[0-9]{1,20}")


class BadSetting(AppError):
    """A setting's key or value is not one of ours. The message names what is allowed."""


class BadSettings(BadSetting):
    """Some of several settings are wrong, and none was changed. `faults` has a sentence for each key."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("\n".join(faults.values()))
        self.faults = dict(faults)


def is_timezone(text: str) -> bool:
    """Whether `text` is an IANA time zone that this machine knows."""
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        return False
    return True


def read_priority(text: str) -> str:
    if text not in PRIORITIES:
        raise BadSetting(f"priority is one of {', '.join(PRIORITIES)}.")
    return text


def read_country(text: str) -> str | None:
    if text.lower() in {"", "none"}:
        return None
    if text.upper() not in SUPPORTED_REGIONS:
        raise BadSetting("country is a two-letter ISO code, such as IE or DE; none clears it.")
    return text.upper()


def read_cda_prefix(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", text):
        raise BadSetting("cda_prefix starts with a letter and has letters, digits and _ only, at most 40 of them.")
    return text


def read_mergers(text: str) -> tuple[str, ...] | None:
    if text == "everyone":
        return None
    if text == "nobody":
        return ()
    admins = tuple(part.strip() for part in text.split(","))
    if not all(_ADMIN.fullmatch(admin) for admin in admins):
        raise BadSetting("mergers is everyone, nobody, or the ids of admins, comma separated, such as 814860,814861.")
    return admins


def read_flag(key: str) -> Callable[[str], bool]:
    def read(text: str) -> bool:
        if text.lower() in YES:
            return True
        if text.lower() in NO:
            return False
        raise BadSetting(f"{key} is yes or no.")

    return read


def read_number(key: str, unit: str, least: int, most: int, *, also: str = "") -> Callable[[str], int]:
    """A whole number; `also` is a word for NEVER where there is one."""

    def read(text: str) -> int:
        if also and text.lower() == also:
            return NEVER
        if not text.isascii() or not text.isdigit() or not least <= int(text[:9]) <= most:
            never = f", or {also}" if also else ""
            raise BadSetting(f"{key} is a number of {unit} from {least} to {most}{never}.")
        return int(text)

    return read


def read_assignee(text: str) -> str | None:
    """`admin:ID` or `team:ID`, or None."""
    if text.lower() in {"", "none"}:
        return None
    if not re.fullmatch(r"(?:admin|team):[0-9]{1,20}", text):
        raise BadSetting(
            "assign_to is none, admin: and the id of a teammate, or team: and the id of a team, such as team:7001."
        )
    return text


def read_tag_names(text: str) -> Mapping[str, str]:
    """`telegram=TG,twilio=Text messages` by channel; empty for `none`."""
    if text.lower() in {"", "none"}:
        return {}
    named: dict[str, str] = {}
    for pair in text.split(","):
        slug, _, name = (part.strip() for part in pair.partition("="))
        if not re.fullmatch(r"[a-z]{1,40}", slug) or slug in named or not 0 < len(name) <= 100:
            raise BadSetting(
                "tag_names is none, or a channel, = and the name of its tag (1 to 100 characters, no comma), each"
                " channel once, comma separated, such as telegram=TG,twilio=Text messages."
            )
        if not name.isprintable():
            raise BadSetting("tag_names has a character in a name that cannot be shown.")
        named[slug] = name
    return named


def read_redact_fields(text: str) -> tuple[str, ...]:
    """Fields of a contact and `custom_attributes.NAME`, in their order, each once."""
    if text.lower() in {"", "none"}:
        return ()
    names = dict.fromkeys(part.strip() for part in text.split(","))
    for name in names:
        if name not in REDACTABLE and not (_REDACTED_ATTRIBUTE.fullmatch(name) and name.isprintable()):
            raise BadSetting(
                f"redact_fields is none, or any of {', '.join(REDACTABLE)} and custom_attributes.NAME, comma separated."
            )
    return tuple(names)


def read_name(text: str) -> str:
    if not 0 < len(text) <= 200 or not text.isprintable():
        raise BadSetting("name has 1 to 200 characters, all of which can be shown.")
    return text


def read_timezone(text: str) -> str:
    if not is_timezone(text):
        raise BadSetting("timezone is an IANA name, such as Europe/Dublin or UTC.")
    return text


def read_admin_id(text: str) -> str | None:
    if text == "none":
        return None
    if not _ADMIN.fullmatch(text):
        raise BadSetting("admin_id is the number of an admin in Intercom; none clears it.")
    return text
