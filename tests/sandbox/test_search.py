"""The search grammar: operators by type, groups, limits, sorting, pages, and the lag of the index."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.sandbox import people
from app.sandbox.seed import harbour_and_pine
from app.sandbox.server import create_sandbox
from app.sandbox.workspace import Account, Workspace
from tests.sandbox.caller import Caller, Clock, error

Json = dict[str, Any]


def where(field: str, operator: str, value: Any) -> Json:
    return {"field": field, "operator": operator, "value": value}


def group(operator: str, *filters: Json) -> Json:
    return {"operator": operator, "value": list(filters)}


def refused(call: Caller, query: Any, **more: Any) -> tuple[int, str]:
    return error(call.post("/contacts/search", {"query": query, **more}))[:2]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (where("phone", "=", "+353 1 555 0123"), {people.MAYA_LEAD}),
        (where("formatted_phone", "=", "+35315550123"), {people.MAYA_LEAD, people.MAYA_USER}),
        (where("phone", "IN", ["(206) 555-0134", "+12065550134"]), {people.LAN_USER, people.LAN_LEAD}),
        (where("phone", "~", "1 5550123"), {people.MAYA_USER}),
        (where("phone", "^", "(206)"), {people.LAN_USER}),
        (where("email", "$", "@okafor.example"), {people.SHARED_PHONE_FIRST, people.SHARED_PHONE_SECOND}),
        (where("email_domain", "=", "okafor.example"), {people.SHARED_PHONE_FIRST, people.SHARED_PHONE_SECOND}),
        (where("external_id", "=", "trade-207"), {people.TWIN_USER_SECOND}),
        (where("owner_id", "=", int(people.MIKA)), {people.TELEGRAM_USER}),
        (where("location.region", "=", "Berlin"), set()),
        (where("tag_id", "=", people.TAG_VIP), {people.MAYA_USER, people.CONFLICT_LEAD}),
        (where("custom_attributes.kinbox_telegram_id", "=", "5201340987"), {people.TELEGRAM_LEAD}),
        (where("custom_attributes.lifetime_value", ">=", 15320), {people.EMAIL_USER, people.CONFLICT_USER}),
        (where("id", "IN", [people.MAYA_LEAD, people.MERGED_LEAD, people.ARCHIVED_USER]), {people.MAYA_LEAD}),
    ],
)
def test_a_filter_finds_the_right_contacts(call: Caller, query: Json, found: set[str]) -> None:
    ids = call.find(query, pagination={"per_page": 150})
    assert len(ids) == len(set(ids))
    assert set(ids) == found


def everybody(call: Caller) -> set[str]:
    return set(call.find(where("role", "IN", ["user", "lead"]), pagination={"per_page": 150}))


@pytest.mark.parametrize(
    ("positive", "negative", "value"),
    [("=", "!=", "+12065550134"), ("IN", "NIN", ["+12065550134"]), ("~", "!~", "206")],
)
def test_a_negative_operator_finds_exactly_the_others(call: Caller, positive: str, negative: str, value: Any) -> None:
    paging = {"per_page": 150}
    some = set(call.find(where("phone", positive, value), pagination=paging))
    others = set(call.find(where("phone", negative, value), pagination=paging))
    assert some
    assert not some & others
    assert some | others == everybody(call)


def test_null_finds_contacts_without_a_value(call: Caller) -> None:
    ids = call.find(where("phone", "=", None))
    assert {people.TELEGRAM_LEAD, people.BLANK_LEAD} <= set(ids)
    assert people.MAYA_LEAD not in ids


def test_groups_combine_filters_two_levels_deep(call: Caller) -> None:
    same_phone = group("OR", where("formatted_phone", "=", "+35315550123"), where("phone", "=", "(206) 555-0134"))
    assert set(call.find(group("AND", same_phone, where("role", "=", "user")))) == {
        people.MAYA_USER,
        people.LAN_USER,
    }


def test_a_third_level_is_refused(call: Caller) -> None:
    leaf = where("role", "=", "user")
    assert refused(call, group("AND", group("OR", group("AND", leaf)))) == (400, "parameter_invalid")


def test_fifteen_filters_are_allowed_and_sixteen_refused(call: Caller) -> None:
    leaf = where("phone", "=", "+12065550134")
    assert call.find(group("OR", *[leaf] * 15)) == [people.LAN_LEAD]
    assert refused(call, group("OR", *[leaf] * 16)) == (400, "parameter_invalid")
    assert refused(call, group("OR")) == (400, "parameter_invalid")


@pytest.mark.parametrize(
    "query",
    [
        where("phone", ">", "1"),
        where("created_at", "!=", 1700000000),
        where("created_at", "IN", [1700000000]),
        where("created_at", ">=", 1700000000),
        where("created_at", "~", 1700000000),
        where("has_hard_bounced", ">", True),
        where("tag_id", "IN", ["1"]),
        where("tag_id", "~", "1"),
        where("owner_id", "~", 1),
        where("phone", "LIKE", "1"),
        where("nonsense", "=", "1"),
        where("custom_attributes.nobody_knows", "=", "1"),
        where("phone", "IN", "1"),
        where("phone", "IN", []),
        where("phone", "=", ["1"]),
        {"field": "phone", "operator": "="},
        {"operator": "XOR", "value": []},
        [],
    ],
)
def test_a_query_against_the_grammar_is_refused(call: Caller, query: Any) -> None:
    assert refused(call, query) == (400, "parameter_invalid")


@pytest.mark.parametrize(
    "query",
    [
        where("phone", "=", 7),
        where("created_at", "=", "yesterday"),
        where("has_hard_bounced", "=", "true"),
        where("owner_id", "=", True),
        where("custom_attributes.lifetime_value", "=", "much"),
    ],
)
def test_a_value_of_another_type_is_refused(call: Caller, query: Json) -> None:
    assert refused(call, query) == (400, "type_mismatch")


def test_a_query_is_required(call: Caller) -> None:
    assert error(call.post("/contacts/search", {}))[:2] == (400, "parameter_not_found")


def test_days_are_those_of_the_workspace(clock: Clock) -> None:
    """23:30 UTC on 14 June is already the 15th in Tokyo."""
    clock.now_s = 1_781_479_800.0
    late, midnight_tokyo = int(clock.now_s), 1_781_449_200
    for zone, on_the_day in (("Asia/Tokyo", True), ("UTC", False)):
        workspace = Workspace(Account(timezone=zone), now=clock)
        call = Caller(create_sandbox(workspace).test_client())
        made = call.make(role="lead")
        assert (made in call.find(where("created_at", "=", midnight_tokyo + 12 * 3600))) is on_the_day
        assert call.find(where("created_at", ">", late)) == []
        assert call.find(where("created_at", "<", late)) == []
        assert made in call.find(where("created_at", ">", late - 48 * 3600))


def test_sorting_goes_both_ways_and_puts_blanks_last(call: Caller) -> None:
    query = where("role", "=", "user")
    up = call.find(query, sort={"field": "email", "order": "ascending"}, pagination={"per_page": 150})
    down = call.find(query, sort={"field": "email"}, pagination={"per_page": 150})
    emails = [str((call.get(f"/contacts/{contact_id}").json or {})["email"]) for contact_id in up]
    assert emails == sorted(emails)
    assert down[0] == up[-1]
    by_phone = call.find(query, sort={"field": "phone", "order": "ascending"}, pagination={"per_page": 150})
    assert (call.get(f"/contacts/{by_phone[-1]}").json or {})["phone"] is None


def test_an_unknown_order_is_refused(call: Caller) -> None:
    query = where("role", "=", "user")
    assert refused(call, query, sort={"field": "email", "order": "up"}) == (400, "invalid_sort_order")


def test_pages_hold_each_contact_once(call: Caller) -> None:
    query = where("role", "IN", ["user", "lead"])
    first = call.post("/contacts/search", {"query": query, "pagination": {"per_page": 30}}).json
    assert first is not None
    cursor = first["pages"]["next"]
    second = call.post("/contacts/search", {"query": query, "pagination": cursor}).json
    assert second is not None
    ids = [contact["id"] for page in (first, second) for contact in page["data"]]
    assert len(ids) == len(set(ids)) == first["total_count"]
    assert "next" not in second["pages"]
    assert (second["pages"]["page"], second["pages"]["total_pages"]) == (2, 2)


def test_a_new_contact_is_found_only_after_the_lag_but_read_at_once(
    call: Caller, workspace: Workspace, clock: Clock
) -> None:
    workspace.faults.index_lag_s = 180
    made = call.make(role="lead", phone="+4930555000")
    assert call.get(f"/contacts/{made}").status_code == 200
    query = where("phone", "=", "+4930555000")
    clock.pass_s(179)
    assert call.find(query) == []
    clock.pass_s(1)
    assert call.find(query) == [made]


def test_an_updated_phone_is_found_only_after_the_lag(call: Caller, workspace: Workspace, clock: Clock) -> None:
    workspace.faults.index_lag_s = 180
    old, new = where("phone", "=", "(206) 555-0134"), where("phone", "=", "+4930555111")
    call.put(f"/contacts/{people.LAN_USER}", {"phone": "+4930555111"})
    assert (call.find(old), call.find(new)) == ([people.LAN_USER], [])
    clock.pass_s(180)
    assert (call.find(old), call.find(new)) == ([], [people.LAN_USER])


def test_the_lag_can_be_raised_afterwards(call: Caller, workspace: Workspace, clock: Clock) -> None:
    made = call.make(role="lead", phone="+4930555000")
    clock.pass_s(60)
    workspace.faults.index_lag_s = 120
    assert call.find(where("phone", "=", "+4930555000")) == []
    workspace.faults.index_lag_s = 0
    assert call.find(where("phone", "=", "+4930555000")) == [made]


def test_tilde_may_look_at_whole_words(call: Caller, workspace: Workspace) -> None:
    workspace.unconfirmed = replace(workspace.unconfirmed, search_tilde="words")
    assert call.find(where("phone", "~", "1 5550123")) == [people.MAYA_USER]
    assert call.find(where("phone", "~", "50123")) == []


def test_whether_equals_ignores_case_is_a_switch(call: Caller, workspace: Workspace) -> None:
    query = where("email", "=", "TOM.BAKER@bakehouse.example")
    assert call.find(query) == []
    workspace.unconfirmed = replace(workspace.unconfirmed, equals_ignores_case=True)
    assert set(call.find(query)) == {people.EMAIL_USER, people.EMAIL_LEAD}


def test_formatted_phone_may_be_no_field(call: Caller, workspace: Workspace) -> None:
    workspace.unconfirmed = replace(workspace.unconfirmed, formatted_phone_searchable=False)
    assert refused(call, where("formatted_phone", "=", "+12065550134")) == (400, "parameter_invalid")


def test_an_unknown_attribute_may_find_nothing_instead(call: Caller, workspace: Workspace) -> None:
    workspace.unconfirmed = replace(workspace.unconfirmed, search_unknown_cda_refused=False)
    assert call.find(where("custom_attributes.nobody_knows", "=", "1")) == []


def test_conversations_are_found_by_contact_state_and_time(call: Caller, clock: Clock) -> None:
    query = group(
        "AND",
        where("contact_ids", "=", people.MAYA_USER),
        where("state", "=", "closed"),
        where("updated_at", "<", int(clock.now_s)),
    )
    body = call.post("/conversations/search", {"query": query}).json
    assert body is not None
    assert [item["id"] for item in body["conversations"]] == [people.USER_CONVERSATION]
    assert (body["type"], body["total_count"]) == ("conversation.list", 1)


def test_the_seed_gives_the_same_people_every_time(clock: Clock) -> None:
    first, second = harbour_and_pine(clock()), harbour_and_pine(clock())
    assert first == second
