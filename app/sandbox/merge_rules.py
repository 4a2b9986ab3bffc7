"""Which merges Intercom refuses, and with what words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.sandbox.contact_records import CURRENT, Version, formatted_phone
from app.sandbox.problems import ApiError
from app.sandbox.unconfirmed import Unconfirmed

Record = Mapping[str, Any]

WRONG_ROLES = "Merging can only be performed on a lead into a user"
NOT_DUPLICATES = (
    "Contacts can only be merged when they are duplicates (matching email or phone). "
    "Pass skip_duplicate_validation=true to override this check."
)
FACEBOOK = "Facebook users can't be merged"
EXTERNAL_LEAD = (
    "User merge for external leads is disabled by default unless explicitly allowed by passing allowed channels array"
)


def check(source: Record, target: Record, *, skip: bool, version: Version, switches: Unconfirmed) -> None:
    """Raise ApiError when Intercom would not merge `source` into `target`."""
    if source["id"] == target["id"]:
        raise ApiError(400, "invalid_merge", WRONG_ROLES)
    if switches.merge_user_into_user and source["role"] == target["role"] == "user":
        _check_users(source, target, skip=skip, switches=switches)
        return
    if (source["role"], target["role"]) != ("lead", "user"):
        raise ApiError(400, "invalid_merge", WRONG_ROLES)
    _check_channel(source, switches)
    if version >= CURRENT and not skip and not _duplicates(source, target, switches):
        raise ApiError(400, "invalid_merge", NOT_DUPLICATES)


def _check_users(source: Record, target: Record, *, skip: bool, switches: Unconfirmed) -> None:
    """The rollout for two users: the override is refused, and they must share something."""
    if skip:
        raise ApiError(400, "parameter_not_allowed", "skip_duplicate_validation is not allowed for users")
    if not _duplicates(source, target, switches):
        raise ApiError(422, "unprocessable_entity", NOT_DUPLICATES)


def _check_channel(source: Record, switches: Unconfirmed) -> None:
    """Leads that Intercom's own channels made."""
    if source["_channel"] == "facebook":
        raise ApiError(422, "unprocessable_entity", FACEBOOK)
    if source["_channel"] is not None and not switches.merge_external_leads:
        raise ApiError(422, "unprocessable_entity", EXTERNAL_LEAD)


def _duplicates(source: Record, target: Record, switches: Unconfirmed) -> bool:
    """A shared email or phone."""
    emails = [str(record["email"] or "").casefold() for record in (source, target)]
    if emails[0] and emails[0] == emails[1]:
        return True
    phones = [_comparable(record["phone"], switches) for record in (source, target)]
    return bool(phones[0]) and phones[0] == phones[1]


def _comparable(phone: str | None, switches: Unconfirmed) -> str | None:
    if switches.merge_phone_compare == "formatted":
        return formatted_phone(phone) or phone
    return phone
