"""From an answer that is no success to the error named for it. Pure but for the time that is handed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from app.domain.pacing import Rate
from app.intercom.errors import (
    Conflict,
    ContactMerged,
    Disconnected,
    ExternalLead,
    FacebookContact,
    Facts,
    Forbidden,
    IntercomError,
    InvalidMerge,
    MergeRefusal,
    NotRestorable,
    NotServed,
    RateLimited,
    Refused,
    RestoreRefusal,
    Unavailable,
    Unreadable,
)

DEFAULT_WAIT_S = 10
"""Intercom counts calls in windows of 10 seconds. Source: REST reference, rate limiting."""

MAX_WAIT_S = 600
"""A reset further away than this is no reset time of Intercom's, whose longest window is a minute."""

_CODE = re.compile(r"[A-Za-z0-9_.]{1,64}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
_HOLDER_ID = re.compile(r"\bid=(\w+)")
_CANONICAL = re.compile(r"<[^<>]*/contacts/([A-Za-z0-9_-]+)/?>[^,<]*;\s*rel=\"?canonical\b", re.IGNORECASE)


def refusal(
    status: int, headers: Mapping[str, str], body: object, *, path: str, write: bool, now: datetime
) -> IntercomError:
    """Name the fault of an answer whose status is not 2xx. `path` is the template of the called path."""
    facts = read_facts(status, headers, body)
    if status == 429:
        return RateLimited(reset_time(headers, now), facts)
    if status >= 500 or status == 408:
        return Unavailable(facts, sent=True, write=write)
    if status < 400:
        return Unreadable(facts, write=write)
    return _refused(facts, headers, path)


def read_facts(status: int, headers: Mapping[str, str], body: object) -> Facts:
    """What the error envelope says. Codes and request ids of odd shapes are left out."""
    envelope = body if isinstance(body, Mapping) else {}
    listed = envelope.get("errors")
    first = listed[0] if isinstance(listed, list) and listed else None
    error = first if isinstance(first, Mapping) else {}
    message = error.get("message")
    return Facts(
        status=status,
        code=_plain(error.get("code"), _CODE),
        request_id=_plain(headers.get("X-Request-Id"), _REQUEST_ID) or _plain(envelope.get("request_id"), _REQUEST_ID),
        message=message if isinstance(message, str) else "",
    )


def reset_time(headers: Mapping[str, str], now: datetime) -> datetime:
    """When to call again: X-RateLimit-Reset (unix seconds), else 10 s from now; always in the future."""
    try:
        reset = datetime.fromtimestamp(float(headers.get("X-RateLimit-Reset", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return now + timedelta(seconds=DEFAULT_WAIT_S)
    if reset > now + timedelta(seconds=MAX_WAIT_S):
        return now + timedelta(seconds=DEFAULT_WAIT_S)
    return max(reset, now + timedelta(seconds=1))


def read_rate(headers: Mapping[str, str]) -> Rate | None:
    """What is left of the allowance; None where the answer does not tell it readably."""
    try:
        limit, remaining = (int(headers.get(f"X-RateLimit-{name}", "")) for name in ("Limit", "Remaining"))
        reset_at = datetime.fromtimestamp(float(headers.get("X-RateLimit-Reset", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return Rate(limit, remaining, reset_at) if limit > 0 and remaining >= 0 else None


def survivor_in(link: str) -> str | None:
    """The contact id in `</contacts/ID>; rel="canonical"`."""
    found = _CANONICAL.search(link)
    return found[1] if found else None


def not_restorable(error: Refused) -> NotRestorable:
    """Intercom's refusal to unarchive, with its reason. Only the message tells the reasons apart."""
    return NotRestorable(_restore_reason(error), error.facts)


def _restore_reason(error: Refused) -> RestoreRefusal:
    said = error.message.lower()
    if "deletion" in said or "deleted" in said:
        return "deleted"
    if "merged" in said:
        return "merged"
    return "blocked" if "block" in said or error.code == "not_restorable" else "other"


def _refused(facts: Facts, headers: Mapping[str, str], path: str) -> IntercomError:
    match facts.status:
        case 401:
            return Disconnected(facts)
        case 403:
            return Forbidden(facts)
        case 404 if path.startswith("/contacts/"):
            return NotServed(facts)
        case 409:
            return _conflict(facts)
        case 410:
            return ContactMerged(survivor_in(headers.get("Link", "")), facts)
    return _refused_merge(facts) or Refused(facts)


def _conflict(facts: Facts) -> Conflict:
    before_id, _, _ = facts.message.partition("id=")
    found = _HOLDER_ID.search(facts.message)
    return Conflict(found[1] if found else None, facts, archived="archived" in before_id.lower())


def _refused_merge(facts: Facts) -> IntercomError | None:
    """The refusals that Intercom's merge call alone gives."""
    said = facts.message.lower()
    if facts.code == "invalid_merge":
        return InvalidMerge(_merge_reason(said), facts)
    if "user merge for external leads" in said:
        return ExternalLead(facts)
    if "facebook users can't be merged" in said:
        return FacebookContact(facts)
    return None


def _merge_reason(said: str) -> MergeRefusal:
    if "skip_duplicate_validation" in said or "duplicates" in said:
        return "no_shared_identifier"
    return "roles" if "lead into a user" in said else "other"


def _plain(value: object, shape: re.Pattern[str]) -> str | None:
    return value if isinstance(value, str) and shape.fullmatch(value) else None
