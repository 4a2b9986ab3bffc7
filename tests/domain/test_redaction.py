from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.contact import Contact
from app.domain.redaction import NOT_KEPT, not_kept, readable, redacted
from app.domain.setting_readers import REDACTABLE

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6).map(lambda text: f"~{text}~") | st.just(""),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=6,
)
ATTRIBUTES = st.dictionaries(st.sampled_from(["vat", "plan", "kinbox_telegram_id", "a.b"]), VALUES)
RECORDS = st.fixed_dictionaries(
    {"id": st.just("66a1"), "role": st.sampled_from(["lead", "user"]), "custom_attributes": ATTRIBUTES},
    optional={**dict.fromkeys(REDACTABLE, VALUES), "formatted_phone": VALUES, "email_domain": VALUES},
)
FIELDS = st.sets(
    st.sampled_from([*REDACTABLE, "custom_attributes.vat", "custom_attributes.kinbox_telegram_id", "id", "role"])
)


@given(RECORDS, FIELDS)
def test_what_is_named_goes_and_all_else_stays(record: dict[str, Any], fields: set[str]) -> None:
    left = redacted(record, fields)
    assert list(left) == list(record)
    assert (left["id"], left["role"]) == (record["id"], record["role"])
    for name in set(record) - {"custom_attributes", "formatted_phone", "email_domain", "id", "role"}:
        assert left[name] == (NOT_KEPT if name in fields and holds(record[name]) else record[name])
    for name, value in record["custom_attributes"].items():
        named = f"custom_attributes.{name}" in fields
        assert left["custom_attributes"][name] == (NOT_KEPT if named and holds(value) else value)


def holds(value: Any) -> bool:
    return value not in (None, "", [], {})


@given(RECORDS, FIELDS)
def test_redacting_twice_changes_nothing_more_and_no_fields_change_nothing(
    record: dict[str, Any], fields: set[str]
) -> None:
    once = redacted(record, fields)
    assert redacted(once, fields) == once
    assert redacted(record, ()) == record


@given(RECORDS, FIELDS)
def test_a_reader_meets_no_marker_and_is_told_what_is_missing(record: dict[str, Any], fields: set[str]) -> None:
    left = redacted(record, fields)
    assert NOT_KEPT not in json.dumps(readable(left))
    marked = {name for name in fields if name in record and left[name] == NOT_KEPT}
    assert marked <= not_kept(left)
    assert not_kept(record) == frozenset()
    Contact.from_json(readable(left))


def test_what_says_the_same_again_goes_too() -> None:
    record = {
        "id": "1",
        "email": "ivy@shop.example",
        "email_domain": "shop.example",
        "phone": "",
        "formatted_phone": None,
    }
    assert redacted(record, {"email", "phone"}) == {**record, "email": NOT_KEPT, "email_domain": NOT_KEPT}


def test_odd_attributes_are_left_alone() -> None:
    assert redacted({"id": "1", "custom_attributes": None}, {"custom_attributes.vat"}) == {
        "id": "1",
        "custom_attributes": None,
    }
    assert not_kept({"id": "1", "custom_attributes": ["odd"]}) == frozenset()
