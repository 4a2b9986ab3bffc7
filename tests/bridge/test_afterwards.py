"""What the team chose for conversations that messages start: their tag, to whom they go, whether they are unread."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.bridge.conftest import Bridge
from tests.sidebar_driver import ADMIN

Json = dict[str, Any]
ROSA, TEAM = ADMIN["id"], "7001"


def choose(bridged: Bridge, *changes: str) -> None:
    line = ["workspaces", "set", bridged.workspace.app_id, *changes]
    assert bridged.app.test_cli_runner().invoke(args=line).exit_code == 0


def conversations(bridged: Bridge) -> list[Json]:
    return sorted(bridged.workspace.list_conversations(), key=lambda one: int(one["id"]))


def assignments(conversation: Json) -> list[Json]:
    parts = conversation["conversation_parts"]["conversation_parts"]
    return [part["assigned_to"] for part in parts if part["part_type"] == "assignment"]


@pytest.fixture(autouse=True)
def _a_team(bridged: Bridge) -> None:
    bridged.workspace.store.state["teams"].append({"type": "team", "id": TEAM, "name": "Texts", "admin_ids": []})


@pytest.mark.parametrize(
    ("chosen", "assigned"),
    [
        (f"admin:{ROSA}", [{"type": "admin", "id": ROSA}]),
        (f"team:{TEAM}", [{"type": "team", "id": TEAM}]),
        ("none", []),
    ],
)
def test_a_conversation_that_a_message_starts_is_assigned_once(
    bridged: Bridge, chosen: str, assigned: list[Json]
) -> None:
    choose(bridged, f"assign_to={chosen}")
    bridged.telegram("Hello")
    bridged.telegram("Still there?")
    bridged.work()
    [conversation] = conversations(bridged)
    assert assignments(conversation) == assigned
    assert bridged.threads() == [["<p>Hello</p>", *[None] * len(assigned), "<p>Still there?</p>"]]


def test_an_assignment_without_an_answer_is_looked_for_and_not_repeated(bridged: Bridge) -> None:
    choose(bridged, f"assign_to=team:{TEAM}")
    bridged.workspace.faults.add("lost", when="after", path="/conversations/*/parts", count=1)
    bridged.telegram("Hello")
    bridged.work()
    assert bridged.events() == [("waiting", "Unavailable")]
    bridged.hurry()
    bridged.work()
    [conversation] = conversations(bridged)
    assert assignments(conversation) == [{"type": "team", "id": TEAM}]
    assert bridged.threads() == [["<p>Hello</p>", None]]
    assert bridged.events() == [("done", None)]


def test_an_assignment_that_never_arrived_is_made_once_that_is_sure(
    bridged: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(bridged, f"assign_to=admin:{ROSA}")
    bridged.workspace.faults.add("lost", when="before", path="/conversations/*/parts", count=1)
    bridged.telegram("Hello")
    bridged.work()
    bridged.hurry()
    bridged.work()
    assert bridged.events() == [("waiting", "in_doubt")]
    monkeypatch.setattr("app.usecases.bridge.afterwards.SETTLES_WITHIN", timedelta(0))
    bridged.hurry()
    bridged.work()
    assert assignments(conversations(bridged)[0]) == [{"type": "admin", "id": ROSA}]
    assert bridged.threads() == [["<p>Hello</p>", None]]


def test_a_teammate_who_left_costs_a_warning_and_not_the_message(bridged: Bridge, log_lines: list[Json]) -> None:
    choose(bridged, "assign_to=admin:999")
    bridged.telegram("Hello")
    bridged.work()
    assert bridged.events() == [("done", None)]
    assert bridged.threads() == [["<p>Hello</p>"]]
    [warning] = [line for line in log_lines if line["message"] == "conversation not assigned"]
    assert (warning["level"], warning["status"], warning["code"]) == ("WARNING", 404, "admin_not_found")


@pytest.mark.parametrize("path", ["/conversations/*/parts", "/conversations/*"])
def test_a_rate_limit_is_waited_out_and_nothing_shows_twice(bridged: Bridge, path: str) -> None:
    choose(bridged, f"assign_to=team:{TEAM}", "mark_as_seen=yes", "tag_conversations=no")
    bridged.workspace.faults.add("status", status=429, code="rate_limit_exceeded", path=path, count=1)
    bridged.telegram("Hello")
    bridged.work()
    assert bridged.events() == [("waiting", "rate_limited")]
    bridged.hurry()
    bridged.work()
    [conversation] = conversations(bridged)
    assert bridged.events() == [("done", None)]
    assert (assignments(conversation), conversation["read"]) == ([{"type": "team", "id": TEAM}], True)
    assert bridged.threads() == [["<p>Hello</p>", None]]


def test_an_outage_ends_with_the_message_alone(bridged: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.usecases.bridge.afterwards.SETTLES_WITHIN", timedelta(0))
    choose(bridged, f"assign_to=team:{TEAM}", "mark_as_seen=yes")
    bridged.workspace.faults.add("status", status=503, code="service_unavailable", path="/conversations/*/parts")
    bridged.workspace.faults.add(
        "status", status=503, code="service_unavailable", path="/conversations/*", method="PUT"
    )
    bridged.telegram("Hello")
    for _ in range(5):
        bridged.work()
        bridged.hurry()
    assert bridged.threads() == [["<p>Hello</p>"]]
    assert bridged.events() == [("done", None)]


def test_a_conversation_is_read_after_each_message_where_that_is_wanted(bridged: Bridge) -> None:
    bridged.telegram("Hello")
    bridged.work()
    assert [one["read"] for one in conversations(bridged)] == [False]
    choose(bridged, "mark_as_seen=yes")
    bridged.telegram("Again")
    bridged.work()
    assert [one["read"] for one in conversations(bridged)] == [True]
    choose(bridged, "mark_as_seen=no")
    bridged.telegram("And again")
    bridged.work()
    assert [one["read"] for one in conversations(bridged)] == [False]


def test_the_tags_new_name_is_for_the_next_conversations(bridged: Bridge) -> None:
    bridged.telegram("Hello", sender=1)
    bridged.work()
    choose(bridged, "tag_names=telegram=TG,twilio=Texts")
    bridged.telegram("Hello", sender=2)
    bridged.sms("Hello", "+35315550123")
    bridged.work()
    named = [[tag["name"] for tag in one["tags"]["tags"]] for one in conversations(bridged)]
    assert sorted(named) == [["SMS"], ["TG"], ["Telegram"]]
