from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app.domain.workspace import Workspace
from app.services import services
from app.storage import audit, inbox
from app.storage.database import transaction
from app.storage.inbox import NewEvent, StoredEvent

NOW = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
SENDER, WORDS = "+353861234567", "my secret words"
Run = Callable[..., Result]


@pytest.fixture
def dead(app: Flask) -> list[StoredEvent]:
    """Three events that failed, the newest first: two of abc12's, one of xyz99's."""
    with app.app_context(), transaction(write=True) as connection:
        for workspace_id in ("abc12", "xyz99"):
            services().workspaces.save(connection, Workspace(id=workspace_id, region="us"), NOW)
        for number, workspace_id in enumerate(("abc12", "xyz99", "abc12")):
            event = NewEvent(
                workspace_id=workspace_id,
                account_id=None,
                event_id=f"e{number}",
                lane=f"channel:1:{SENDER}",
                payload={"text": WORDS},
                poison="no_sender",
            )
            inbox.store(connection, [event], NOW)
        return list(inbox.dead(connection))


def test_nothing_failed_is_said_in_words(run: Run, told: Callable[[str], Any]) -> None:
    assert run("failed list").stdout == "No event has failed.\n"
    assert told("failed list") == {"failed": []}


def test_the_list_shows_what_failed_and_why_and_nothing_personal(
    dead: list[StoredEvent], run: Run, told: Callable[[str], Any]
) -> None:
    listed = told("failed list")["failed"]
    assert [one["id"] for one in listed] == [event.id for event in dead]
    assert listed[0] == {
        "id": dead[0].id,
        "workspace": "abc12",
        "source": "intercom",
        "account": None,
        "event_id": "e2",
        "state": "dead",
        "reason": "no_sender",
        "attempts": 0,
        "received_at": "2026-11-20T09:05:00+00:00",
        "next_try_at": None,
        "finished_at": "2026-11-20T09:05:00+00:00",
    }
    output = run("failed list").output
    assert len(output.splitlines()) == 3
    assert "no_sender" in output
    for shown in (output, run("failed list --json").output, run(f"failed show {dead[0].id}").output):
        assert SENDER not in shown
        assert WORDS not in shown


def test_the_list_can_be_cut_to_a_workspace_and_a_length(
    dead: list[StoredEvent], run: Run, told: Callable[[str], Any]
) -> None:
    assert [one["event_id"] for one in told("failed list --workspace xyz99")["failed"]] == ["e1"]
    assert [one["event_id"] for one in told("failed list --limit 1")["failed"]] == ["e2"]
    assert run("failed list --limit 0").exit_code == 2


def test_one_event_is_shown_with_the_way_to_replay_it(dead: list[StoredEvent], run: Run) -> None:
    shown = run(f"failed show {dead[0].id}").output
    assert f"failed replay {dead[0].id}" in shown
    assert "no_sender" in shown


def test_the_payload_is_shown_on_demand_with_a_warning(
    dead: list[StoredEvent], run: Run, told: Callable[[str], Any]
) -> None:
    shown = run(f"failed show {dead[0].id} --payload").output
    assert shown.index("show it to nobody") < shown.index(WORDS)
    answer = told(f"failed show {dead[0].id} --payload")
    assert answer["payload"] == {"text": WORDS}
    assert "show it to nobody" in answer["warning"]


def test_what_has_not_failed_keeps_its_payload_to_itself(dead: list[StoredEvent], app: Flask, run: Run) -> None:
    run(f"failed replay {dead[0].id}")
    shown = run(f"failed show {dead[0].id} --payload")
    assert (shown.exit_code, WORDS in shown.output, "has not failed" in shown.stderr) == (1, False, True)


@pytest.mark.parametrize("event_id", [str(2**63), str(-(2**63) - 1), "9" * 40])
def test_an_id_that_no_database_takes_is_unknown(event_id: str, run: Run) -> None:
    assert f"There is no event {event_id}." in run(f"failed show --json -- {event_id}").stdout
    assert f"Event {event_id} is not among the failed ones" in run(f"failed replay -- {event_id}").stdout


def test_an_unknown_workspace_is_refused(run: Run) -> None:
    for line in ("failed list --workspace nope", "failed replay --all --workspace nope"):
        result = run(line)
        assert (result.exit_code, "There is no workspace nope." in result.stderr) == (1, True)


def test_an_id_that_is_not_there_is_refused_with_a_way_on(run: Run) -> None:
    result = run("failed show 4711")
    assert (result.exit_code, "failed list" in result.stderr) == (1, True)


def test_a_replayed_event_waits_again_and_is_failed_no_more(
    dead: list[StoredEvent], app: Flask, run: Run, told: Callable[[str], Any]
) -> None:
    first, second, _ = dead
    assert told(f"failed replay {first.id} {second.id}") == {"replayed": [first.id, second.id], "not_failed": []}
    with app.app_context(), transaction() as connection:
        again = inbox.get(connection, first.id)
    assert again is not None
    assert (again.state, again.attempts) == ("waiting", 0)
    once_more = run(f"failed replay {first.id}")
    assert once_more.exit_code == 1
    assert f"Event {first.id} is not among the failed ones" in once_more.output


def test_everything_that_failed_in_a_workspace_can_be_replayed(
    dead: list[StoredEvent], told: Callable[[str], Any]
) -> None:
    assert told("failed replay --all --workspace abc12")["replayed"] == [dead[2].id, dead[0].id]
    assert told("failed replay --all")["replayed"] == [dead[1].id]


@pytest.mark.parametrize("line", ["failed replay", "failed replay --all 1", "failed replay 1 --workspace abc12"])
def test_a_replay_needs_to_know_what(line: str, run: Run) -> None:
    assert run(line).exit_code == 2


def test_who_replays_or_reads_is_on_record(dead: list[StoredEvent], app: Flask, run: Run) -> None:
    run(f"failed show {dead[0].id}")
    run(f"failed show {dead[0].id} --payload")
    run(f"failed replay {dead[0].id} {dead[1].id}")
    with app.app_context(), transaction() as connection:
        mine, theirs = (audit.of_workspace(connection, app_id) for app_id in ("abc12", "xyz99"))
    assert [(one.action, one.by) for one in mine] == [("event_replayed", None), ("payload_read", None)]
    assert [(one.action, one.details) for one in theirs] == [("event_replayed", {"event_id": dead[1].id})]
