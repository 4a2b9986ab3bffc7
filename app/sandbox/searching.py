"""The search grammar of REST 2.16: groups of filters, sorting, pages."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from app.sandbox.attributes import Attributes
from app.sandbox.contact_records import CURRENT, Version
from app.sandbox.problems import ApiError, invalid, missing
from app.sandbox.search_fields import ATTRIBUTE_KINDS, CONTACT_FIELDS, CONVERSATION_FIELDS, TEXT, Field, path
from app.sandbox.search_operators import comparison
from app.sandbox.unconfirmed import Unconfirmed

Json = dict[str, Any]
Matches = Callable[[Mapping[str, Any]], bool]

MAX_LEVELS = 2
MAX_FILTERS = 15
MAX_PER_PAGE = 150
GROUPS = ("AND", "OR")
ORDERS = ("ascending", "descending")
ATTRIBUTE_PREFIX = "custom_attributes."


class Searching:
    """Finds records by Intercom's query language; every refusal is an ApiError 400."""

    def __init__(self, attributes: Attributes, zone: ZoneInfo, switches: Callable[[], Unconfirmed]) -> None:
        self._attributes = attributes
        self._zone = zone
        self._switches = switches

    def contacts(self, visible: Iterable[Json], body: Mapping[str, Any], version: Version = CURRENT) -> Json:
        """A page of contact records; `sort` is a thing of 2.16."""
        sort = body.get("sort") if version >= CURRENT else None
        return self._page(visible, body, self._contact_field, sort, "created_at")

    def conversations(self, records: Iterable[Json], body: Mapping[str, Any]) -> Json:
        return self._page(records, body, _conversation_field, body.get("sort"), "updated_at", usual=20)

    def _page(
        self,
        records: Iterable[Json],
        body: Mapping[str, Any],
        find: Callable[[str], Field],
        sort: object,
        usual_sort: str,
        usual: int = 50,
    ) -> Json:
        if "query" not in body:
            raise missing("query")
        matches = self._read(body["query"], find, level=1)
        found = [record for record in records if matches(record)]
        pagination = body.get("pagination") or {}
        if not isinstance(pagination, dict):
            raise invalid("pagination must be an object", "pagination")
        return page(_sorted(found, sort, find, usual_sort), pagination, usual)

    def _read(self, query: object, find: Callable[[str], Field], level: int) -> Matches:
        """A test made of the query. A group may hold groups, those hold filters only."""
        if not isinstance(query, dict):
            raise invalid("A query must be an object with field, operator and value", "query")
        if query.get("operator") in GROUPS:
            return self._group(query, find, level)
        if not isinstance(query.get("field"), str) or "value" not in query:
            raise invalid("A filter needs field, operator and value", "query")
        field = find(query["field"])
        test = comparison(field, query.get("operator"), query["value"], self._zone, self._switches())
        return lambda record: test(field.read(record))

    def _group(self, query: Json, find: Callable[[str], Field], level: int) -> Matches:
        filters = query.get("value")
        if not isinstance(filters, list) or not filters:
            raise invalid(f"{query['operator']} takes a list of filters", "value")
        if level > MAX_LEVELS:
            raise invalid(f"Queries can be nested at most {MAX_LEVELS} levels deep", "query")
        if len(filters) > MAX_FILTERS:
            raise invalid(f"A group can hold at most {MAX_FILTERS} filters", "query")
        tests = [self._read(item, find, level + 1) for item in filters]
        if query["operator"] == "AND":
            return lambda record: all(test(record) for test in tests)
        return lambda record: any(test(record) for test in tests)

    def _contact_field(self, name: str) -> Field:
        if name == "formatted_phone" and not self._switches().formatted_phone_searchable:
            raise _unknown_field(name)
        if name in CONTACT_FIELDS:
            return CONTACT_FIELDS[name]
        if not name.startswith(ATTRIBUTE_PREFIX):
            raise _unknown_field(name)
        attribute = name.removeprefix(ATTRIBUTE_PREFIX)
        data_type = self._attributes.search_type(attribute)
        if data_type is None and self._switches().search_unknown_cda_refused:
            raise _unknown_field(name)
        return Field(name, ATTRIBUTE_KINDS.get(data_type or "", TEXT), path("custom_attributes", attribute))


def page(records: list[Json], asked: Mapping[str, Any], usual: int) -> Json:
    """One page of `records` in Intercom's cursor style. Raises ApiError 400 for a bad size or cursor."""
    per_page = asked.get("per_page", usual)
    if isinstance(per_page, bool) or not isinstance(per_page, int) or not 1 <= per_page <= MAX_PER_PAGE:
        raise invalid(f"per_page must be between 1 and {MAX_PER_PAGE}", "per_page")
    start = _start(records, asked.get("starting_after"))
    shown = records[start : start + per_page]
    pages: Json = {
        "type": "pages",
        "page": start // per_page + 1,
        "per_page": per_page,
        "total_pages": math.ceil(len(records) / per_page),
    }
    if start + per_page < len(records):
        pages["next"] = {"per_page": per_page, "starting_after": _cursor(shown[-1]["id"], start + per_page)}
    return {"data": shown, "total_count": len(records), "pages": pages}


def _cursor(last_id: str, offset: int) -> str:
    return base64.urlsafe_b64encode(f"{last_id} {offset}".encode()).decode()


def _start(records: list[Json], cursor: object) -> int:
    """Where the next page begins: after the last record shown, or at its number if that one is gone."""
    if cursor is None:
        return 0
    try:
        last_id, _space, offset = base64.urlsafe_b64decode(str(cursor)).decode().partition(" ")
        fallback = int(offset)
    except (ValueError, binascii.Error):
        raise invalid("starting_after is not a cursor of this list", "starting_after") from None
    ids = [record["id"] for record in records]
    return ids.index(last_id) + 1 if last_id in ids else max(0, fallback)


def _sorted(records: list[Json], sort: object, find: Callable[[str], Field], usual: str) -> list[Json]:
    """By the asked field, records without a value last; equal ones by id."""
    if sort is not None and not isinstance(sort, dict):
        raise invalid("sort must be an object with field and order", "sort")
    asked = sort or {}
    order = asked.get("order", "descending")
    if order not in ORDERS:
        raise ApiError(400, "invalid_sort_order", "Sort order must be ascending or descending", field="order")
    field = find(str(asked.get("field", usual)))
    by_id = sorted(records, key=lambda record: str(record["id"]))
    valued = [record for record in by_id if field.read(record) is not None]
    rest = [record for record in by_id if field.read(record) is None]
    return sorted(valued, key=field.read, reverse=order == "descending") + rest


def _conversation_field(name: str) -> Field:
    if name not in CONVERSATION_FIELDS:
        raise _unknown_field(name)
    return CONVERSATION_FIELDS[name]


def _unknown_field(name: str) -> ApiError:
    return invalid(f"{name} is not a field that can be searched", "field")
