"""The operators of search: which type takes which, and what each compares."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.sandbox.problems import invalid
from app.sandbox.search_fields import DAY, FLAG, NUMBER, TAG, TEXT, TIME, Field
from app.sandbox.unconfirmed import Unconfirmed

Test = Callable[[Any], bool]

LISTED = ("IN", "NIN")
TEXTUAL = ("~", "!~", "^", "$")
ORDERED = (">", "<")
ORDERED_OR_EQUAL = (">=", "<=")
OPERATORS = {
    TEXT: ("=", "!=", *LISTED, *TEXTUAL),
    FLAG: ("=", "!=", *LISTED),
    NUMBER: ("=", "!=", *LISTED, *ORDERED, *ORDERED_OR_EQUAL),
    DAY: ("=", *ORDERED),
    TIME: ("=", "!=", *LISTED, *ORDERED, *ORDERED_OR_EQUAL),
    TAG: ("=", "!="),
}
NEGATIVE = {"!=": "=", "NIN": "IN", "!~": "~"}
TYPES: dict[str, type | tuple[type, ...]] = {TEXT: str, TAG: str, FLAG: bool, NUMBER: (int, float)}


def comparison(field: Field, operator: object, value: object, zone: ZoneInfo, switches: Unconfirmed) -> Test:
    """A test of one field's value. Raises ApiError 400 when operator or value do not fit the field's type."""
    if operator not in OPERATORS[field.kind]:
        raise invalid(f"Operator {operator!r} is not supported for {field.name}, a {field.kind}", "operator")
    name = str(operator)
    wanted = _typed(field, name, value)
    if name in NEGATIVE:
        positive = _positive(field, NEGATIVE[name], wanted, zone, switches)
        return lambda held: not _any(positive, held)
    test = _positive(field, name, wanted, zone, switches)
    return lambda held: _any(test, held)


def _any(test: Test, held: Any) -> bool:
    return any(test(item) for item in held) if isinstance(held, list) else test(held)


def _typed(field: Field, operator: str, value: object) -> Any:
    """The value in the field's own type; a list for IN and NIN."""
    if operator in LISTED:
        if not isinstance(value, list) or not value:
            raise invalid(f"{operator} takes a list of values for {field.name}", "value")
        return [_one(field, item) for item in value]
    if isinstance(value, list):
        raise invalid(f"{operator} takes one value for {field.name}", "value")
    return _one(field, value)


def _one(field: Field, value: object) -> Any:
    if value is None:
        return None
    if field.kind in {NUMBER, DAY, TIME} and isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        value = int(value)
    wanted = TYPES.get(field.kind, int)
    if not isinstance(value, wanted) or (isinstance(value, bool) and field.kind != FLAG):
        raise invalid(f"The value for {field.name} must be of type {field.kind}", "value", "type_mismatch")
    return value


def _positive(field: Field, operator: str, wanted: Any, zone: ZoneInfo, switches: Unconfirmed) -> Test:
    if field.kind == DAY:
        return _by_day(operator, wanted, zone)
    if operator in {"~", "^", "$"}:
        return _textual(operator, str(wanted or ""), switches.search_tilde)
    if operator in ORDERED + ORDERED_OR_EQUAL:
        return _ordered(operator, wanted)
    fold = switches.equals_ignores_case and field.kind == TEXT
    chosen = [_plain(item, fold=fold) for item in (wanted if operator == "IN" else [wanted])]
    return lambda held: _plain(held, fold=fold) in chosen


def _plain(value: Any, *, fold: bool) -> Any:
    """Unset and blank are the same to search."""
    if value == "":
        return None
    return value.casefold() if fold and isinstance(value, str) else value


def _by_day(operator: str, wanted: int | None, zone: ZoneInfo) -> Test:
    day = _day(wanted, zone)

    def test(held: Any) -> bool:
        own = _day(held, zone)
        if operator == "=" or own is None or day is None:
            return operator == "=" and own == day
        return own > day if operator == ">" else own < day

    return test


def _day(timestamp_s: int | None, zone: ZoneInfo) -> date | None:
    """The calendar day of a time in the workspace's zone."""
    return None if timestamp_s is None else datetime.fromtimestamp(timestamp_s, UTC).astimezone(zone).date()


def _ordered(operator: str, wanted: Any) -> Test:
    def test(held: Any) -> bool:
        if held is None or wanted is None:
            return False
        if operator in ORDERED:
            return bool(held > wanted if operator == ">" else held < wanted)
        return bool(held >= wanted if operator == ">=" else held <= wanted)

    return test


def _textual(operator: str, wanted: str, looks_at: str) -> Test:
    split = _words if looks_at == "words" else _characters
    sought = split(wanted)

    def test(held: Any) -> bool:
        parts = split(str(held or ""))
        size = len(sought)
        if not size or size > len(parts):
            return False
        if operator == "^":
            return parts[:size] == sought
        if operator == "$":
            return parts[-size:] == sought
        return any(parts[at : at + size] == sought for at in range(len(parts) - size + 1))

    return test


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _characters(text: str) -> list[str]:
    return list(text.casefold())
