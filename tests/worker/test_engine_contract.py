"""What both engines promise: nothing lost, nothing twice, one sender's events in order and one at a time."""

from __future__ import annotations

import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from app.worker.base import Dead, Done, Hold, Outcome, StoredEvent, WaitUntil
from app.worker.retries import MAX_TRIES
from tests.worker.conftest import LEASE_S, ROUND_S, Diary, Inbox, WorkerProcess, Working, until


def soon(seconds: float, code: str = "rate_limited", *, counts: bool = True) -> WaitUntil:
    return WaitUntil(at=datetime.now(UTC) + timedelta(seconds=seconds), code=code, counts=counts)


def test_a_lane_is_worked_in_order_one_at_a_time_and_lanes_side_by_side(box: Inbox, at_work: Working) -> None:
    spans: dict[str, list[tuple[float, float, str]]] = defaultdict(list)

    def work(event: StoredEvent, _hold: Hold) -> Outcome:
        began_s = time.monotonic()
        time.sleep(0.02)
        spans[event.lane].append((began_s, time.monotonic(), event.event_id))
        return Done()

    lanes = {lane: [f"{lane}{number}" for number in range(8)] for lane in "abc"}
    for lane, names in lanes.items():
        box.store(*names, lane=lane)
    with at_work(work):
        until(lambda: box.are_done(*(name for names in lanes.values() for name in names)))
    for lane, names in lanes.items():
        worked = spans[f"intercom:{lane}"]
        assert [name for *_, name in worked] == names
        assert all(ended <= began for (_, ended, _), (began, _, _) in pairwise(worked))
    a, b = spans["intercom:a"], spans["intercom:b"]
    assert any(
        began < other_ended and other_began < ended for began, ended, _ in a for other_began, other_ended, _ in b
    )


def test_what_is_stored_while_the_worker_is_idle_is_worked_at_once(box: Inbox, at_work: Working, diary: Diary) -> None:
    box.store("first")
    with at_work(diary.work):
        until(lambda: box.are_done("first"))
        time.sleep(0.3)
        began_s = time.monotonic()
        box.store("second")
        until(lambda: "second" in diary.done)
        assert time.monotonic() - began_s < ROUND_S / 4


def test_an_event_that_waits_holds_its_lane_and_no_other(box: Inbox, at_work: Working, diary: Diary) -> None:
    diary.plans["a1"] = [soon(2.0), Done()]
    box.store("a1", "a2")
    box.store("b1", lane="b")
    with at_work(diary.work):
        until(lambda: box.are_done("b1") and box.event("a1").attempts == 1)
        waiting = box.event("a1")
        box.store("a3")
        until(lambda: box.are_done("a1", "a2", "a3"))
    assert (waiting.state, waiting.last_error, waiting.attempts) == ("waiting", "rate_limited", 1)
    assert diary.done == ["b1", "a1", "a2", "a3"]
    assert box.event("a1").last_error is None


def test_a_dead_event_lets_its_lane_go_on_and_can_be_replayed(box: Inbox, at_work: Working, diary: Diary) -> None:
    diary.plans["a1"] = [Dead("no_such_contact"), Done()]
    box.store("a1", "a2")
    with at_work(diary.work):
        until(lambda: box.are_done("a2"))
        dead = box.event("a1")
        box.replay("a1")
        until(lambda: box.are_done("a1"))
    assert (dead.state, dead.last_error, dead.finished_at is not None) == ("dead", "no_such_contact", True)
    assert diary.done == ["a2", "a1"]


def test_a_replayed_event_does_not_wait_for_a_younger_one_that_waits(
    box: Inbox, at_work: Working, diary: Diary
) -> None:
    diary.plans = {"a1": [Dead("no_such_contact")], "a2": [soon(60.0)]}
    box.store("a1", "a2")
    with at_work(diary.work):
        until(lambda: box.event("a2").attempts == 1)
        box.replay("a1")
        until(lambda: box.are_done("a1"))
    assert box.state("a2") == "waiting"


def test_an_error_that_nobody_foresaw_is_tried_again_and_named(box: Inbox, at_work: Working, diary: Diary) -> None:
    diary.plans["a1"] = [ZeroDivisionError("a customer's words")]
    box.store("a1", "a2")
    with at_work(diary.work):
        until(lambda: box.event("a1").attempts == 1)
    waiting = box.event("a1")
    assert (waiting.state, waiting.last_error) == ("waiting", "ZeroDivisionError")
    assert waiting.next_try_at >= waiting.received_at + timedelta(seconds=2)
    assert diary.began == ["a1"]


def test_an_event_dies_when_its_tries_are_used_up(box: Inbox, at_work: Working, diary: Diary) -> None:
    diary.plans["a1"] = [ZeroDivisionError()]
    box.store("a1", "a2")
    box.execute(f"UPDATE inbound_event SET attempts = {MAX_TRIES - 1} WHERE event_id = 'a1'")
    with at_work(diary.work):
        until(lambda: box.are_done("a2"))
    assert (box.state("a1"), box.event("a1").last_error) == ("dead", "ZeroDivisionError")


def test_a_wait_that_does_not_count_uses_up_no_try(box: Inbox, at_work: Working, diary: Diary) -> None:
    diary.plans["a1"] = [soon(0.1, "disconnected", counts=False), soon(0.1, counts=False), Done()]
    box.store("a1")
    with at_work(diary.work):
        until(lambda: box.are_done("a1"))
    assert (diary.began, box.event("a1").attempts) == (["a1", "a1", "a1"], 0)


def test_what_was_noted_is_there_at_the_next_try(box: Inbox, at_work: Working) -> None:
    seen: list[object] = []

    def work(event: StoredEvent, hold: Hold) -> Outcome:
        seen.append(dict(event.steps))
        hold.note({"lead": {"outcome": "c1"}})
        return Done() if len(seen) > 1 else soon(0.1)

    box.store("a1")
    with at_work(work):
        until(lambda: box.are_done("a1"))
    assert seen == [{}, {"lead": {"outcome": "c1"}}]


def test_work_that_takes_longer_than_its_lease_is_not_taken_away(box: Inbox, at_work: Working) -> None:
    began: list[int] = []

    def work(event: StoredEvent, hold: Hold) -> Outcome:
        began.append(event.epoch)
        time.sleep(LEASE_S * 1.6)
        hold.check()
        assert hold.deadline.remaining_s() > 0
        return Done()

    box.store("a1")
    with at_work(work):
        until(lambda: box.are_done("a1"))
    assert began == [1]


def test_a_worker_that_is_stopped_finishes_what_it_began_and_begins_nothing_more(box: Inbox, at_work: Working) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def work(_event: StoredEvent, _hold: Hold) -> Outcome:
        begun.set()
        assert stopped.wait(30)
        return Done()

    box.store("a1", "a2")
    with at_work(work, threads=1) as worker:
        assert begun.wait(30)
        worker.stop()
        stopped.set()
    assert [box.state("a1"), box.state("a2")] == ["done", "waiting"]


def test_a_process_ends_cleanly_when_it_is_asked_to(box: Inbox, another_process: Callable[[], WorkerProcess]) -> None:
    worker = another_process()
    box.store("a1", kept=True)
    until(lambda: worker.wrote("began") == ["a1"])
    worker.send(signal.SIGTERM)
    worker.let_end()
    assert worker.process.wait(timeout=30) == 0
    assert (worker.wrote("sent"), box.state("a1")) == (["a1"], "done")


def test_the_work_of_a_killed_process_is_taken_over(
    box: Inbox, at_work: Working, diary: Diary, another_process: Callable[[], WorkerProcess]
) -> None:
    worker = another_process()
    box.store("a1", "a2", kept=True)
    until(lambda: worker.wrote("began") == ["a1"])
    worker.send(signal.SIGKILL)
    worker.process.wait()
    with at_work(diary.work):
        until(lambda: box.are_done("a1", "a2"))
    assert (diary.done, worker.wrote("sent")) == (["a1", "a2"], [])
    assert box.event("a1").epoch == 2


def test_a_frozen_process_that_wakes_up_late_sends_nothing_and_works_on(
    box: Inbox, at_work: Working, diary: Diary, another_process: Callable[[], WorkerProcess]
) -> None:
    worker = another_process()
    box.store("a1", kept=True)
    until(lambda: worker.wrote("began") == ["a1"])
    worker.freeze(box.is_free)
    with at_work(diary.work):
        until(lambda: box.are_done("a1"))
        finished = box.event("a1")
        worker.let_end()
        worker.send(signal.SIGCONT)
        time.sleep(1.0)
    assert (diary.done, worker.wrote("sent")) == (["a1"], [])
    assert box.event("a1") == finished
    box.store("a2")
    until(lambda: worker.wrote("sent") == ["a2"])


def test_many_lanes_all_have_their_turn_beside_a_long_one(box: Inbox, at_work: Working, diary: Diary) -> None:
    box.store(*(f"long{number}" for number in range(60)), lane="a")
    for lane in "bcd":
        box.store(f"short-{lane}", lane=lane)
    with at_work(diary.work, threads=2):
        until(lambda: all(f"short-{lane}" in diary.done for lane in "bcd"))
        assert not box.are_done("long59")
        until(lambda: box.are_done("long59"))


def test_workers_in_two_processes_share_the_work_and_double_none(
    box: Inbox, another_process: Callable[[], WorkerProcess]
) -> None:
    workers = [another_process(), another_process()]
    names = [f"{lane}{number}" for number in range(5) for lane in "abcdef"]
    for name in names:
        box.store(name, lane=name[0], takes_s=0.03)
    until(lambda: box.are_done(*names))
    sent = [worker.wrote("sent") for worker in workers]
    assert sorted(sent[0] + sent[1]) == sorted(names)
