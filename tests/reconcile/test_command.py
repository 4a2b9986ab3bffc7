"""`reconcile`: what it tells, how it ends, and that a kill costs no more than what was in hand."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from app.storage.database import transaction
from app.storage.models import ReconcileRun
from tests.reconcile.conftest import Links

ROOT = Path(__file__).parents[2]
CALLS_A_BATCH = 50
Command = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def command(links: Links) -> Iterator[Command]:
    """Runs the command in a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def start(*args: str) -> subprocess.Popen[str]:
        line = [sys.executable, "-m", "flask", "--app", "wsgi", "reconcile", *args]
        environment = {**os.environ, **links.environment}
        started.append(
            subprocess.Popen(line, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        )
        return started[-1]

    yield start
    for one in started:
        if one.poll() is None:
            one.kill()
        one.communicate()


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    said, faults = process.communicate(timeout=60)
    assert said, faults
    [answer] = json.loads(said)["workspaces"]
    return {**answer, "exit": process.returncode}


def ask(links: Links, *args: str) -> tuple[int, str]:
    result = links.app.test_cli_runner().invoke(args=["reconcile", *args])
    return result.exit_code, result.output


def let_the_claim_end() -> None:
    """What 20 seconds of silence do."""
    with transaction(write=True) as connection:
        connection.execute(update(ReconcileRun).values(claimed_until=datetime.now(UTC)))


def until(holds: Callable[[], bool], within_s: float = 30.0) -> None:
    ends_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < ends_s, "it did not come true in time"
        time.sleep(0.02)


def searches(links: Links) -> list[list[str]]:
    return [call["request"]["query"]["value"] for call in links.workspace.calls if call["path"] == "/contacts/search"]


def many(links: Links, contacts: int) -> list[str]:
    return sorted(links.lead(str(number)) for number in range(contacts))


def test_after_a_kill_it_goes_on_where_it_stood(links: Links, command: Command) -> None:
    ids = links.leads(2 * CALLS_A_BATCH + 10)
    links.workspace.faults.add("delay", path="/contacts/search", delay_s=0.6)
    links.workspace.call_log.clear()
    first = command("--json")
    until(lambda: len(searches(links)) == 1)
    until(lambda: links.run().after == ids[CALLS_A_BATCH - 1])
    first.send_signal(signal.SIGKILL)
    first.wait()
    time.sleep(0.7)  # what was on its way is answered to nobody
    asked = [contact_id for batch in searches(links) for contact_id in batch]
    let_the_claim_end()
    links.workspace.faults.clear()
    links.workspace.call_log.clear()
    answer = told(command("--json"))
    assert (answer["state"], answer["resumed"], answer["exit"]) == ("finished", True, 0)
    assert answer["checked"] == len(ids)
    again = [contact_id for batch in searches(links) for contact_id in batch]
    assert again == ids[CALLS_A_BATCH:]
    assert len(set(asked) & set(again)) <= CALLS_A_BATCH


def test_of_two_processes_one_walks(links: Links, command: Command) -> None:
    ids = links.leads(8 * CALLS_A_BATCH)
    links.workspace.faults.add("delay", path="/contacts/search", delay_s=3.0)
    first = command("--json")
    until(links.is_claimed)
    busy = told(command("--json"))
    links.workspace.faults.clear()
    finished = told(first)
    assert [(one["state"], one["exit"]) for one in (busy, finished)] == [("busy", 1), ("finished", 0)]
    assert [contact_id for batch in searches(links) for contact_id in batch] == ids


def test_a_signal_ends_it_and_keeps_the_place(links: Links, command: Command) -> None:
    ids = links.leads(2 * CALLS_A_BATCH + 1)
    links.workspace.faults.add("delay", path="/contacts/search", delay_s=1.0)
    walking = command("--json")
    until(lambda: len(searches(links)) > 0)
    walking.send_signal(signal.SIGTERM)
    answer = told(walking)
    assert (answer["state"], answer["exit"]) == ("stopped", 1)
    assert answer["checked"] in {CALLS_A_BATCH, 2 * CALLS_A_BATCH}
    assert links.run().after == ids[answer["checked"] - 1]
    assert links.run().claimed_until is None


def test_all_is_well_ends_with_0(links: Links) -> None:
    links.lead("77")
    code, said = ask(links)
    assert code == 0
    assert said == (
        f"{links.workspace.app_id}: 1 linked contact looked at, 0 repaired, 0 left to you. 1 call to Intercom this"
        " time.\n"
    )


def test_what_is_left_is_told_with_what_to_do(links: Links) -> None:
    lead = links.lead("77")
    links.intercom.archive(lead)
    code, said = ask(links, "--workspace", links.workspace.app_id)
    assert code == 1
    assert "1 left to you" in said
    assert "1 contact no longer served by Intercom" in said
    assert lead in said
    assert "Restore in Intercom" in said


def test_a_lost_token_is_told(links: Links) -> None:
    links.lead("77")
    links.workspace.faults.access = "revoked"
    code, said = ask(links)
    assert code == 1
    assert "Connect the workspace again." in said
    assert "The place is kept" in said


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("--workspace", "nowhere"), 1, "There is no workspace nowhere."),
        (("--workspace", "no where"), 2, "Invalid value"),
        (("--everything",), 2, "No such option"),
    ],
)
def test_a_wrong_command_is_refused(links: Links, args: tuple[str, ...], code: int, words: str) -> None:
    ended, said = ask(links, *args)
    assert (ended, words in said) == (code, True)


def test_without_a_workspace_it_says_how_to_add_one(make_app: Callable[..., Any]) -> None:
    result = make_app().test_cli_runner().invoke(args=["reconcile"])
    assert (result.exit_code, "workspaces add" in result.output) == (1, True)
