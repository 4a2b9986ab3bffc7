"""Two contacts side by side."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.comparison import Comparison, compare
from app.domain.contact import Contact


def compared(lead: dict[str, Any], user: dict[str, Any]) -> Comparison:
    return compare(
        Contact.from_json({"id": "a1", "role": "lead", **lead}),
        Contact.from_json({"id": "b2", "role": "user", **user}),
        conversations=2,
    )


def labels(rows: tuple[Any, ...]) -> list[str]:
    return [row.label for row in rows]


def test_what_only_the_lead_has_is_taken_over() -> None:
    result = compared({"phone": "+35315550123", "custom_attributes": {"plan": "gold"}}, {"name": "Ivy"})
    assert [(row.label, row.lead_value) for row in result.taken] == [("Phone", "+35315550123"), ("plan", "gold")]
    assert result.lost == ()


def test_where_both_have_a_value_the_users_stays_and_the_leads_is_lost() -> None:
    result = compared({"name": "ivy s"}, {"name": "Ivy Stone"})
    assert [(row.label, row.lead_value, row.user_value) for row in result.lost] == [("Name", "ivy s", "Ivy Stone")]
    assert labels(result.stays) == ["Name"]


def test_the_same_value_in_another_case_is_no_loss() -> None:
    assert compared({"email": "IVY@shop.example"}, {"email": "ivy@shop.example"}).lost == ()


def test_the_uuid_that_intercom_gives_a_lead_is_not_worth_a_word() -> None:
    result = compared({"external_id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"}, {"external_id": "u-77"})
    assert (labels(result.stays), result.taken, result.lost) == (["External id"], (), ())


def test_identifiers_may_be_dropped_and_say_so() -> None:
    result = compared({"email": "ivy@shop.example", "phone": "+35315550123"}, {})
    assert {row.label: row.certain for row in result.taken} == {"Email": False, "Phone": True}


def test_attributes_of_every_type_read_as_text_and_empty_ones_do_not_count() -> None:
    attributes = {"vip": True, "orders": 3, "note": "  ", "gone": None, "linked": [1]}
    result = compared({"custom_attributes": attributes}, {})
    assert {row.label: row.lead_value for row in result.taken} == {"orders": "3", "vip": "yes"}


def test_what_moves_is_counted_on_the_lead() -> None:
    lead = {"notes": {"total_count": 2, "data": []}, "tags": {"data": [{"id": "1"}]}, "companies": {"total_count": 1}}
    result = compared(lead, {"notes": {"total_count": 9}})
    assert (result.conversations, result.notes, result.tags, result.companies) == (2, 2, 1, 1)


_VALUES = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.one_of(st.none(), st.text(max_size=5), st.integers(), st.booleans())
)


@given(_VALUES, _VALUES)
def test_every_value_of_the_lead_is_either_kept_taken_over_or_named_as_lost(
    lead: dict[str, Any], user: dict[str, Any]
) -> None:
    result = compared({"custom_attributes": lead}, {"custom_attributes": user})
    told = {*labels(result.stays), *labels(result.taken)}
    for rows in (result.stays, result.taken, result.lost):
        assert len(labels(rows)) == len(set(labels(rows)))
    for row in result.lost:
        assert row.lead_value
        assert row.lead_value != row.user_value
        assert row in result.stays
    filled = {name for name, value in lead.items() if isinstance(value, int | bool) or (value or "").strip()}
    assert filled <= told
