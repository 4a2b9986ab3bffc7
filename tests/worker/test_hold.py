from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.domain.work import Superseded
from app.storage import inbox_leases as leases
from app.storage.database import transaction
from app.storage.inbox import StoredEvent
from app.worker.base import Done
from app.worker.hold import LONGEST_WORK_S, Keeper, LeaseHold, clock_s
from tests.worker.conftest import Inbox, until

pytestmark = pytest.mark.usefixtures("database")


def taken(box: Inbox, lease_s: float = 30.0) -> StoredEvent:
    """The event a1, taken anew whoever had it."""
    if not box.exists("a1"):
        box.store("a1")
    box.execute("UPDATE inbound_event SET leased_until = NULL")
    with transaction(write=True) as connection:
        event = leases.take(connection, "intercom:a", worker="w", lease=timedelta(seconds=lease_s))
    assert isinstance(event, StoredEvent)
    return event


def test_a_hold_may_go_on_and_note_until_another_takes_the_event(box: Inbox) -> None:
    mine = LeaseHold(taken(box), 30.0, clock_s())
    mine.check()
    mine.note({"lead": {"intended_at": "now"}})
    theirs = LeaseHold(taken(box), 30.0, clock_s())
    with pytest.raises(Superseded):
        mine.check()
    with pytest.raises(Superseded):
        mine.note({"lead": {"outcome": "c9"}})
    assert not mine.renew()
    assert box.event("a1").steps == {"lead": {"intended_at": "now"}}
    theirs.check()


def test_a_late_worker_cannot_finish_what_another_has(box: Inbox) -> None:
    mine, theirs = taken(box), taken(box)
    now = theirs.received_at
    with transaction(write=True) as connection:
        assert not leases.finish(connection, mine, mine.epoch, Done(), attempts=0, at=now)
        assert leases.finish(connection, theirs, theirs.epoch, Done(), attempts=0, at=now)
        assert not leases.finish(connection, theirs, theirs.epoch, Done(), attempts=5, at=now)
    assert (box.event("a1").state, box.event("a1").attempts) == ("done", 0)


def test_the_deadline_ends_before_the_lease_and_moves_on_with_it(box: Inbox) -> None:
    hold = LeaseHold(taken(box), 30.0, clock_s() - 20.0)
    deadline = hold.deadline
    assert 4.0 < deadline.remaining_s() <= 5.0
    assert hold.renew()
    assert 24.0 < deadline.remaining_s() <= 25.0


def test_a_process_that_slept_through_its_lease_has_no_time_left(box: Inbox) -> None:
    slept = LeaseHold(taken(box), 30.0, clock_s() - 31.0)
    assert slept.deadline.remaining_s() == 0.0


def test_it_may_go_on_when_nobody_took_the_event_meanwhile(box: Inbox) -> None:
    slept = LeaseHold(taken(box), 30.0, clock_s() - 31.0)
    slept.check()
    assert slept.deadline.remaining_s() > 0


def test_whoever_hangs_loses_the_event_in_the_end(box: Inbox) -> None:
    hanging = LeaseHold(taken(box), 30.0, clock_s() - LONGEST_WORK_S - 1)
    assert not hanging.renew()
    with pytest.raises(Superseded):
        hanging.check()


def test_the_keeper_renews_what_is_being_worked_and_nothing_else(box: Inbox, database: Flask) -> None:
    event = taken(box, lease_s=0.6)
    hold = LeaseHold(event, 0.6, clock_s())
    keeper = Keeper(database, 0.6)
    keeper.start()
    with keeper.keeping(hold):
        until(lambda: box.event("a1").leased_until != event.leased_until)
    last = box.event("a1").leased_until
    keeper.stop()
    assert box.event("a1").leased_until == last
