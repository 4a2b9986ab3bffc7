from __future__ import annotations

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.http.json_body import read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_was_written_is_read(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value


@given(st.binary())
def test_it_reads_or_refuses_what_the_standard_library_does(body: bytes) -> None:
    try:
        wanted = json.loads(body)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 - any fault of the text
            read_json(body)
    else:
        assume(not isinstance(wanted, int) or abs(wanted) < 2**63)
        assert repr(read_json(body)) == repr(wanted)


@pytest.mark.parametrize(
    "body",
    [b'{"text": "half of \\ud83d"}', b'{"n": NaN}', "{}".encode("utf-16")],
    ids=["half a character", "not a number", "another encoding"],
)
def test_odd_bodies_are_read_like_before(body: bytes) -> None:
    assert repr(read_json(body)) == repr(json.loads(body))


def test_a_body_without_end_is_refused() -> None:
    with pytest.raises((ValueError, RecursionError)):
        read_json(b"[" * 100_000)
