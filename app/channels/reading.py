"""Reading what providers send: JSON, urlencoded pairs, times and optional values, with their usual oddities."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from app.channels.base import Poison, UnreadableBody

_MILLISECONDS_FROM = 100_000_000_000
"""A time stamp below this is in seconds, from here on in milliseconds."""
_FUTURE = timedelta(hours=24)


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body. Raises UnreadableBody."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableBody("the body is not JSON") from error
    if not isinstance(read, dict):
        raise UnreadableBody("the body is not a JSON object")
    return read


def pairs(encoded: bytes | str) -> dict[str, str]:
    """Urlencoded pairs as text; the last value of a repeated name counts. Raises UnreadableBody."""
    try:
        text = encoded.decode("utf-8") if isinstance(encoded, bytes) else encoded
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000))
    except ValueError as error:
        raise UnreadableBody("the body is not urlencoded text") from error


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; anything else in it, or anything but a list, counts as nothing."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def obj(value: Any) -> dict[str, Any]:
    """An object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def text_of(source: Mapping[str, Any], name: str) -> str | None:
    """A value as text, unchanged; None when it is missing, empty or not a text or number. Never True or False."""
    value = source.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return storable(str(value)) or None


def storable(text: str) -> str:
    """The text itself, but for what no database can keep: NUL and halves of characters (a name cut inside an emoji)."""
    whole_characters = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole_characters.replace("\0", "\N{REPLACEMENT CHARACTER}")


def required(source: Mapping[str, Any], name: str) -> str:
    """A value that must be there. Raises KeyError with the name, which says what is missing without personal data."""
    value = text_of(source, name)
    if value is None or not value.strip():
        raise KeyError(name)
    return value


def count_of(source: Mapping[str, Any], name: str) -> int | None:
    """A count (bytes, say) that is not negative, also one written in digits. None for anything else."""
    digits = text_of(source, name) or ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def poison(event: Any, missing: KeyError, *, event_id: str | None = None) -> Poison:
    """An event that lacks what `required` asked for, kept as JSON."""
    try:
        raw = json.dumps(event)
    except RecursionError:
        raw = "(nested too deep to be kept)"
    return Poison(event_id=event_id or "", reason=f"it has no {missing.args[0]}", raw=raw)


def instant(value: Any, *, received_at: datetime) -> datetime | None:
    """A provider's number of seconds or milliseconds as aware UTC. None when unreadable or over a day ahead."""
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,18}\s*", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
        read = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return believed(read, received_at=received_at)


def believed(read: datetime, *, received_at: datetime) -> datetime | None:
    """A time without its zone is UTC; one that lies over a day ahead is not believed."""
    aware = read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    return None if aware - received_at > _FUTURE else aware
