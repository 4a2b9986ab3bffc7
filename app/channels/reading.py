"""Reading what providers send: JSON, urlencoded pairs, times and optional values, with their usual oddities."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from app.channels.base import UnreadableBody

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
    return str(value) or None


def required(source: Mapping[str, Any], name: str) -> str:
    """A value that must be there. Raises KeyError with the name, which says what is missing without personal data."""
    value = text_of(source, name)
    if value is None or not value.strip():
        raise KeyError(name)
    return value


def instant(value: Any, *, received_at: datetime) -> datetime | None:
    """A provider's number of seconds or milliseconds as aware UTC. None when unreadable or over a day ahead."""
    if isinstance(value, str) and value.strip().lstrip("-").isdigit() and len(value) < 20:
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
