"""Arbitrary calls for property tests: any bytes, any JSON, and sample bodies with some values replaced by anything."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

header_values = st.text(st.characters(codec="latin-1"), max_size=90)
"""What WSGI may hand over: any Latin-1 text."""

odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["\ud83d", "\0", "1e400", "²", "-1", 10**30, -(10**18), "https://[", "//x", "\n", {}, []]),
)
json_values = st.recursive(
    odd_values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
json_bodies = json_values.map(lambda value: json.dumps(value).encode())
any_bodies = st.binary(max_size=80) | json_bodies


@st.composite
def nearly(draw: st.DrawFn, samples: list[Any]) -> bytes:
    """A sample body as JSON, with up to four of its values replaced by anything, or removed."""
    body = copy.deepcopy(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(1, 4))):
        inside, key = draw(st.sampled_from(places(body)))
        if isinstance(inside, dict) and draw(st.booleans()):
            del inside[key]
        else:
            inside[key] = draw(json_values)
        if not body:
            break
    return json.dumps(body).encode()


def places(body: Any) -> list[tuple[Any, Any]]:
    """Every place of a JSON value at which something stands: the container and the key."""
    pairs = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    return [found for key, value in pairs for found in [(body, key), *places(value)]]
