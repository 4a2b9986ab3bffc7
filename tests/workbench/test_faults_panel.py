"""The switches that make the sandbox's Intercom misbehave."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.workbench.small_workspace import Shop

FAULTS = "/workbench/api/faults"


def switched_on(page: FlaskClient) -> dict[str, Any]:
    return {each["id"]: each for each in page.get(FAULTS).get_json()["troubles"] if each["on"]}


def test_nothing_is_switched_on_at_first(page: FlaskClient) -> None:
    assert switched_on(page) == {}


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"id": "slow", "value": 4}, {"kind": "delay", "delay_s": 4.0, "count": None}),
        ({"id": "error", "scope": "next"}, {"kind": "status", "status": 500, "count": 1, "path": None}),
        ({"id": "rate-limit", "value": 20}, {"kind": "status", "status": 429, "reset_s": 20.0}),
        (
            {"id": "lost-answer", "scope": "merge"},
            {"kind": "lost", "when": "after", "path": "/contacts/merge", "count": 1},
        ),
        ({"id": "lost-call"}, {"kind": "lost", "when": "before"}),
    ],
)
def test_each_switch_puts_its_fault_into_the_sandbox_and_takes_it_out(
    page: FlaskClient, shop: Shop, asked: dict[str, Any], fault: dict[str, Any]
) -> None:
    assert page.put(FAULTS, json={**asked, "on": True}).status_code == 200
    [active] = shop.workspace.faults.to_dict()["faults"]
    assert fault.items() <= active.items()
    assert list(switched_on(page)) == [asked["id"]]
    page.put(FAULTS, json={**asked, "on": False})
    assert shop.workspace.faults.to_dict()["faults"] == []


def test_the_lag_of_the_index_is_a_switch_too(page: FlaskClient, shop: Shop) -> None:
    page.put(FAULTS, json={"id": "index-lag", "on": True, "value": 45})
    assert shop.workspace.faults.index_lag_s == 45.0
    assert switched_on(page)["index-lag"]["value"] == 45.0
    page.put(FAULTS, json={"id": "index-lag", "on": False})
    assert shop.workspace.faults.index_lag_s == 0.0


def test_turning_one_switch_leaves_the_others_and_foreign_faults_alone(page: FlaskClient, shop: Shop) -> None:
    shop.workspace.faults.add("garbage")
    page.put(FAULTS, json={"id": "slow", "on": True})
    page.put(FAULTS, json={"id": "slow", "on": True, "value": 2})
    page.put(FAULTS, json={"id": "error", "on": True})
    page.put(FAULTS, json={"id": "error", "on": False})
    assert [fault["kind"] for fault in shop.workspace.faults.to_dict()["faults"]] == ["garbage", "delay"]
    assert switched_on(page)["slow"]["value"] == 2.0


def test_a_counted_fault_is_off_once_it_struck(page: FlaskClient, shop: Shop) -> None:
    page.put(FAULTS, json={"id": "error", "on": True, "scope": "next"})
    shop.workspace.faults.take("GET", "/contacts/x")
    assert switched_on(page) == {}


@pytest.mark.parametrize("value", [0, -1, 601, "5", True, None])
def test_seconds_must_be_a_sensible_number(page: FlaskClient, value: Any) -> None:
    response = page.put(FAULTS, json={"id": "slow", "on": True, "value": value})
    assert (response.status_code, "0 and 600" in response.get_json()["error"]) == (400, True)
    assert switched_on(page) == {}


def test_an_unknown_switch_is_refused(page: FlaskClient) -> None:
    assert page.put(FAULTS, json={"id": "gravity", "on": True}).status_code == 404


def test_a_small_rate_limit_is_a_switch_in_calls(page: FlaskClient, shop: Shop) -> None:
    page.put(FAULTS, json={"id": "small-limit", "on": True, "value": 3})
    assert shop.workspace.faults.rate_limit == 3
    assert (switched_on(page)["small-limit"]["value"], switched_on(page)["small-limit"]["unit"]) == (3, "calls")
    page.put(FAULTS, json={"id": "small-limit", "on": False})
    assert (shop.workspace.faults.rate_limit, switched_on(page)) == (1666, {})


def test_the_lag_and_what_is_left_of_the_rate_are_told(page: FlaskClient, shop: Shop) -> None:
    page.put(FAULTS, json={"id": "small-limit", "on": True, "value": 3})
    page.put(FAULTS, json={"id": "index-lag", "on": True, "value": 15})
    shop.workspace.limit.take()
    told = page.get("/workbench/api/intercom").get_json()
    assert told.pop("rate_remaining") in {2, 3}, "a new window may have begun"
    assert told == {"index_lag_s": 15.0, "rate_limit": 3, "window_s": 10}
