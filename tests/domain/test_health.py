"""What Intercom is told of Kinbox's health, from the facts alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.health import LONGEST_TEXT, TOO_LONG, UNKNOWN, HealthFacts, State, judge

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PAGE = "https://kinbox.example.com/admin/"
WELL = HealthFacts(
    installed=True, has_token=True, revoked=False, from_environment=False, due_since=None, admin_url=PAGE
)


def test_when_nothing_is_wrong_it_is_just_ok() -> None:
    assert judge(WELL, NOW).to_json() == {"state": "OK"}


@pytest.mark.parametrize(
    "facts",
    [replace(WELL, installed=False), replace(WELL, has_token=False), replace(WELL, revoked=True)],
    ids=["not installed", "no token", "token refused"],
)
def test_without_a_token_that_works_installing_again_is_offered(facts: HealthFacts) -> None:
    told = judge(facts, NOW).to_json()
    assert (told["state"], told["cta_type"]) == ("UNHEALTHY", "REINSTALL_CTA")
    assert "cta_url" not in told
    assert told["message"]


def test_a_token_of_the_operator_s_is_not_mended_by_installing_again() -> None:
    told = judge(replace(WELL, revoked=True, from_environment=True), NOW).to_json()
    assert (told["cta_type"], told["cta_label"], told["cta_url"]) == ("URL_CTA", "Open Kinbox", PAGE)
    assert "operator" in told["message"]


def test_work_that_nobody_takes_says_since_when() -> None:
    told = judge(replace(WELL, due_since=NOW - TOO_LONG), NOW).to_json()
    assert told["state"] == "UNHEALTHY"
    assert "09:15 UTC" in told["message"]
    assert judge(replace(WELL, due_since=NOW - TOO_LONG + timedelta(seconds=1)), NOW).state is State.OK


def test_channels_that_only_fail_are_named_but_not_all_of_many() -> None:
    told = judge(replace(WELL, failing=tuple(f"Line {number}" for number in range(8))), NOW).to_json()
    assert "“Line 0”" in told["message"]
    assert "and 3 more" in told["message"]
    assert told["cta_url"] == PAGE


def test_the_lost_token_is_told_before_what_follows_from_it() -> None:
    facts = replace(WELL, revoked=True, due_since=NOW - TOO_LONG, failing=("Line",))
    assert judge(facts, NOW).reinstall


def test_without_an_admin_page_there_is_nothing_to_open() -> None:
    assert set(judge(replace(WELL, failing=("Line",), admin_url=None), NOW).to_json()) == {"state", "message"}


def test_a_silent_database_is_neither_well_nor_ill() -> None:
    assert UNKNOWN.to_json()["state"] == "UNKNOWN"


@given(
    facts=st.builds(
        HealthFacts,
        installed=st.booleans(),
        has_token=st.booleans(),
        revoked=st.booleans(),
        from_environment=st.booleans(),
        due_since=st.none() | st.datetimes(timezones=st.just(UTC)),
        failing=st.lists(st.text(max_size=5000)).map(tuple),
        admin_url=st.none() | st.text(min_size=1, max_size=3000),
    )
)
def test_every_answer_keeps_intercom_s_rules(facts: HealthFacts) -> None:
    told = judge(facts, NOW).to_json()
    assert told["state"] in {"OK", "UNHEALTHY"}
    assert (told["state"] == "UNHEALTHY") == ("message" in told)
    assert all(0 < len(text) <= LONGEST_TEXT for text in told.values())
    assert told.get("cta_type") in {None, "URL_CTA", "REINSTALL_CTA"}
    assert (told.get("cta_type") == "URL_CTA") == ("cta_url" in told) == ("cta_label" in told)
