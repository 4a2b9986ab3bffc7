"""Queries for POST /contacts/search, built within Intercom's limits. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberFormat

from app.domain.phone import aliases

MAX_FILTERS = 15
"""In one AND or OR group. Source: REST 2.16, POST /contacts/search, which also allows two levels of groups."""

MAX_SPELLINGS = 11

Query = Mapping[str, Any]


def email_query(email: str) -> Query:
    """Contacts with this email, also in lower case: whether Intercom's `=` ignores case is not documented."""
    spellings = list(dict.fromkeys((email, email.lower())))
    return _filter("email", "IN", spellings) if len(spellings) > 1 else _filter("email", "=", email)


def ids_query(contact_ids: Sequence[str]) -> Query:
    """The contacts with these ids; never those that are merged, archived or deleted, and new ones minutes later."""
    return _filter("id", "IN", list(contact_ids))


def attribute_query(name: str, value: str) -> Query:
    """Contacts whose custom attribute `name` is exactly `value`."""
    return _filter(f"custom_attributes.{name}", "=", value)


def phone_query(e164: str, *, formatted_phone: bool = True) -> Query:
    """Contacts that may hold this number, in one of its usual spellings. Every hit must still be compared.

    `formatted_phone` is searchable from 2.16 on; leave it out after Intercom has refused it.
    """
    numbers = (e164, *aliases(e164))
    filters = [_filter("formatted_phone", "=", number) for number in numbers] if formatted_phone else []
    filters.append(_filter("phone", "IN", _spellings(numbers)))
    filters += [_contains_all(blocks) for blocks in _block_groups(numbers)]
    return _group("OR", filters[:MAX_FILTERS])


def exact_phone_query(e164: str) -> Query:
    """Only the exact spellings: for a number whose digit blocks fit too many contacts."""
    return _filter("phone", "IN", _spellings((e164, *aliases(e164))))


def any_of(*queries: Query) -> Query:
    """Contacts that fit any of the queries, in one request.

    Where 15 filters do not hold them all, the queries come first that were given first, and of each the filter
    that is exact before those that only suggest.
    """
    alternatives = [_alternatives(query) for query in queries]
    depth = max((len(filters) for filters in alternatives), default=0)
    in_turn = [filters[rank] for rank in range(depth) for filters in alternatives if rank < len(filters)]
    return _group("OR", _distinct(in_turn)[:MAX_FILTERS])


def _alternatives(query: Query) -> Sequence[Query]:
    return query["value"] if query["operator"] == "OR" else (query,)


def _distinct(queries: Iterable[Query]) -> list[Query]:
    return list({repr(query): query for query in queries}.values())


def _spellings(numbers: Sequence[str]) -> list[str]:
    """The E.164 forms of all numbers first, so that the limit never costs one of those."""
    first, *others = numbers
    listed = [*numbers, *_usual(first)]
    for other in others:
        national = str(phonenumbers.national_significant_number(_parse(other)))
        listed += [other[1:], national, f"00{other[1:]}"]
    return list(dict.fromkeys(listed))[:MAX_SPELLINGS]


def _usual(e164: str) -> list[str]:
    number = _parse(e164)
    national_text = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    bare = phonenumbers.national_significant_number(number)
    listed = [
        e164[1:],
        f"00{e164[1:]}",
        re.sub(r"\D", "", national_text),
        phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
        national_text,
        bare,
    ]
    if number.country_code == 1 and len(bare) == 10:
        area, exchange, line = bare[:3], bare[3:6], bare[6:]
        listed += [f"{area}-{exchange}-{line}", f"+1 ({area}) {exchange}-{line}", f"+1-{area}-{exchange}-{line}"]
    return listed


def _block_groups(numbers: Iterable[str]) -> list[tuple[str, ...]]:
    groups = [group for number in numbers for group in _blocks(number)]
    return list(dict.fromkeys(group for group in groups if group))


def _blocks(e164: str) -> list[tuple[str, ...]]:
    """Runs of digits that stay together in nearly every spelling of the number."""
    digits = e164[1:]
    text = phonenumbers.format_number(_parse(e164), PhoneNumberFormat.NATIONAL)
    runs = re.findall(r"\d+", text)
    if len(runs) == 1:
        runs = [digits[-8:-4], digits[-4:]]
    else:
        runs[0] = runs[0].lstrip("0")
    groups = [tuple(run for run in runs if run), (digits[-7:-4], digits[-4:])]
    if len(runs) >= 4:
        groups.append((digits[-8:-6], digits[-6:-4], digits[-4:-2], digits[-2:]))
    return groups


def _parse(e164: str) -> phonenumbers.PhoneNumber:
    return phonenumbers.parse(e164, None)


def _contains_all(blocks: Sequence[str]) -> Query:
    return _group("AND", [_filter("phone", "~", block) for block in blocks])


def _filter(field: str, operator: str, value: str | list[str]) -> Query:
    return {"field": field, "operator": operator, "value": value}


def _group(operator: str, filters: Sequence[Query]) -> Query:
    return {"operator": operator, "value": list(filters)}
