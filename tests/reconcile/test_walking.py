"""How a walk goes: within its share of the rate limit, by one process at a time, and on from where it stopped."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask

from app.domain.reconciling import Tally
from app.intercom.errors import Disconnected, Unavailable
from app.sandbox.limits import WINDOW_S
from app.storage import reconcile_runs
from app.storage.database import transaction
from app.usecases.reconcile_links import Walked
from tests.reconcile.conftest import BATCH, Links


def read_one_by_one(links: Links, contacts: int) -> None:
    """So many contacts, each of which costs a call."""
    links.leads(contacts)
    links.workspace.faults.add("status", path="/contacts/search", status=400)
    links.workspace.call_log.clear()


def reads_by_window(links: Links) -> Counter[int]:
    """The search is refused before Intercom counts it."""
    return Counter(int(call["at"]) // WINDOW_S for call in links.workspace.calls if call["method"] == "GET")


def test_it_takes_half_of_the_rate_limit_and_meets_no_refusal(links: Links) -> None:
    read_one_by_one(links, 30)
    links.workspace.faults.rate_limit = 16
    links.clock.rest(WINDOW_S)
    walked = links.walk()
    assert (walked.state, walked.tally.checked) == ("finished", 30)
    assert 429 not in {call["status"] for call in links.workspace.calls}
    assert max(reads_by_window(links).values()) == 8
    assert walked.waited >= timedelta(seconds=20)


def test_messages_find_their_part_of_the_limit(links: Links) -> None:
    """Somebody else uses 10 of 16 calls in each window: of the other 6 the walk takes 3."""
    read_one_by_one(links, 9)
    links.workspace.faults.rate_limit = 16
    windows: set[int] = set()

    def told_by_others() -> bool:
        window = int(links.clock.timestamp()) // WINDOW_S
        if window not in windows:
            windows.add(window)
            for _ in range(10):
                assert links.workspace.limit.take()[0]
        return False

    links.clock.rest(WINDOW_S)
    assert links.walk(is_stopping=told_by_others).state == "finished"
    assert max(reads_by_window(links).values()) == 3


def test_a_refusal_for_the_rate_limit_is_waited_out(links: Links) -> None:
    links.lead("77")
    links.workspace.faults.add("status", path="/contacts/search", status=429, reset_s=30, count=1)
    walked = links.walk()
    assert (walked.state, walked.tally.checked) == ("finished", 1)
    assert links.clock.rested_s >= 25


def test_a_lost_token_stops_it_at_once_and_keeps_the_place(links: Links) -> None:
    links.leads(BATCH + 5)

    def revoke(_tally: Tally) -> None:
        links.workspace.faults.access = "revoked"

    links.workspace.call_log.clear()
    walked = links.walk(told=revoke)
    assert walked.state == "stopped"
    assert isinstance(walked.fault, Disconnected)
    assert (walked.tally.checked, walked.calls) == (BATCH, 2)
    links.workspace.faults.access = "active"
    went_on = links.walk()
    assert (went_on.state, went_on.resumed, went_on.calls) == ("finished", True, 1)
    assert went_on.tally.checked == BATCH + 5


def test_an_outage_is_sat_out_for_a_while(links: Links) -> None:
    links.lead("77")
    links.workspace.faults.add("status", path="/contacts/search", status=503, count=4)
    assert links.walk().state == "finished"


def test_a_long_outage_stops_it(links: Links) -> None:
    links.lead("77")
    links.workspace.faults.add("status", path="/contacts/search", status=503)
    walked = links.walk()
    assert (walked.state, walked.tally.checked) == ("stopped", 0)
    assert isinstance(walked.fault, Unavailable)


def test_whoever_is_told_to_end_ends_between_two_calls(links: Links) -> None:
    read_one_by_one(links, 5)
    stopping = threading.Event()

    def is_stopping() -> bool:
        if len(links.workspace.calls) >= 3:
            stopping.set()
        return stopping.is_set()

    walked = links.walk(is_stopping=is_stopping)
    assert (walked.state, walked.fault, walked.calls) == ("stopped", None, 3)
    assert links.run().claimed_until is None


def test_after_the_end_a_new_walk_begins_at_the_first_contact(links: Links) -> None:
    links.lead("77")
    first = links.walk()
    second = links.walk()
    assert (first.tally.checked, second.tally.checked, second.resumed) == (1, 1, False)


def test_two_at_once_walk_once(links: Links) -> None:
    """The second comes while the first is on its way, and again when it is done."""
    links.leads(BATCH + 1)
    began = links.clock()
    others: list[Walked] = []

    def is_wanted(run: reconcile_runs.Run) -> bool:
        return run.finished_at is None or run.finished_at < began

    def come_too(_tally: Tally) -> None:
        others.append(links.walk(is_wanted=is_wanted))

    links.workspace.call_log.clear()
    assert links.walk(told=come_too, is_wanted=is_wanted).state == "finished"
    assert {one.state for one in others} == {"busy"}
    assert links.walk(is_wanted=is_wanted).state == "not wanted"
    assert len(links.calls()) == 2


def test_threads_that_come_at_once_walk_once(links: Links) -> None:
    links.leads(BATCH * 2)
    ready, walked = threading.Barrier(4), list[Walked]()

    def walk(app: Flask) -> None:
        with app.app_context():
            plan = links.plan()
            ready.wait()
            walked.append(links.walk(told=plan.told))

    threads = [threading.Thread(target=walk, args=(links.app,)) for _ in range(4)]
    links.workspace.faults.add("delay", path="/contacts/search", delay_s=0.3)
    links.workspace.call_log.clear()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.state for one in walked) == ["busy", "busy", "busy", "finished"]
    assert len(links.calls()) == 2


def test_one_that_slept_through_its_claim_changes_nothing_more(links: Links) -> None:
    """The other goes on where it stood; what the first had found meanwhile is not recorded."""
    lead, user = links.lead("77"), links.user()
    links.intercom.merge(lead, user, skip_duplicate_validation=True)
    others: list[Walked] = []

    def sleep_once() -> bool:
        if links.calls()[-1:] == [("GET", f"/contacts/{lead}")] and not others:
            with transaction(write=True) as connection:
                run = links.run()
                assert run.claimed_until is not None
                moved = reconcile_runs.save(connection, run, after="", tally=Tally(), lease=timedelta(0))
                assert moved is not None
            others.append(links.walk())
        return False

    walked = links.walk(is_stopping=sleep_once, lease=timedelta(seconds=0))
    assert walked.state == "busy"
    assert [one.state for one in others] == ["finished"]
    assert links.contacts_of() == {"77": user}


@pytest.mark.parametrize("left", [0, 1])
def test_a_workspace_with_few_links_is_walked(links: Links, left: int) -> None:
    links.leads(left)
    assert links.walk().tally.checked == left
