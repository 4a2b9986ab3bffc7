"""Calls that no provider makes, for what must hold of every call."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from app.channels.base import Adapter, BadSignature, RawCall, UnreadableBody
from tests.channels.expected import call

TYPES = (
    None,
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "\xff;=",
)
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(["", " ", "0", "true", "2", "999999999999999999999", "+14155550100", "\ud83d", "\x00", "٣"]),
)


def calls(names: Iterable[str], *, headers: Iterable[str] = ()) -> st.SearchStrategy[RawCall]:
    """Any bytes, and bodies that have the provider's names with any values, nested too, as JSON, form or query."""
    keys = st.one_of(st.sampled_from(sorted(names)), st.text(max_size=5))
    values = st.recursive(
        _SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=6))
    )
    objects = st.dictionaries(keys, values, max_size=12)
    forms = st.lists(st.tuples(keys, st.text(st.characters(codec="utf-8"), max_size=30)), max_size=12).map(_encoded)
    bodies = st.one_of(st.binary(), objects.map(_dumped), values.map(_dumped), forms)
    given_headers = st.dictionaries(st.sampled_from(sorted({*headers, "x"})), st.text(max_size=60))
    return st.builds(_call, bodies, st.sampled_from(TYPES), st.sampled_from(["GET", "POST"]), given_headers, forms)


def _call(body: bytes, content_type: str | None, method: str, headers: dict[str, str], query: bytes) -> RawCall:
    given = {**headers, "Content-Type": content_type}
    return call(body, method=method, headers=given, query=query.decode("latin-1"))


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


def _encoded(pairs: list[tuple[str, str]]) -> bytes:
    return urlencode(pairs, errors="replace").encode()


def assert_it_raises_nothing_else(adapter: Adapter, given: RawCall) -> None:
    """`parse` raises UnreadableBody alone, `verify` BadSignature alone; what came out can be stored."""
    try:
        parsed = adapter.parse(given)
    except UnreadableBody:
        pass
    else:
        for message in parsed.messages:
            json.dumps(message.to_json()).encode("utf-8")
            repr(message).encode("utf-8")
            assert message.event_id.strip()
            assert message.sender_id.strip()
            assert message.sent_at is None or message.sent_at.utcoffset() is not None
        for one in parsed.poison:
            assert "\0" not in one.raw
            one.raw.encode("utf-8")
    with suppress(BadSignature):
        adapter.verify(given)
