"""A merge whose answer never came is settled by a worker when no teammate comes back to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from app.domain.answers import Merged, MergeOutcome
from app.domain.merge_record import MergeRecord, MergeState
from app.storage import merges
from app.storage.database import db, transaction
from app.storage.models import Merge
from app.usecases import settle_merge
from app.usecases.desk import utc_now
from app.worker.housekeeping import Housekeeper
from app.worker.merge_watch import MergeWatch
from tests.bridge.conftest import Bridge, bridged, bridged_anywhere, bridged_on_postgres
from tests.bridge.intercom_events import Intercom
from tests.bridge.test_erase_while_merged import desk_of, sent
from tests.worker.conftest import until

__all__ = ["bridged", "bridged_anywhere", "bridged_on_postgres"]
LONG_AGO = timedelta(minutes=20)


@pytest.fixture
def there(bridged_anywhere: Bridge) -> Intercom:
    return Intercom(bridged_anywhere)


def look(there: Intercom) -> MergeWatch:
    watch = MergeWatch(there.bridge.app)
    with there.bridge.app.app_context():
        watch.look()
    return watch


def settled(there: Intercom, contact_id: str) -> MergeOutcome | None:
    """What a teammate is told who checks."""
    with there.bridge.app.app_context():
        return settle_merge.check_merge(desk_of(there.bridge), contact_id)


def state_of(there: Intercom, merge_id: str) -> tuple[MergeState, str | None]:
    with there.bridge.app.app_context(), transaction() as connection:
        record = merges.get(connection, merge_id)
    return record.state, record.failure


def test_a_merge_that_took_place_is_finished_and_verified(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    record = sent(there.bridge, lead, user, before=LONG_AGO)
    there.merge(lead, user)
    look(there)
    assert state_of(there, record.id) == (MergeState.DONE, None)
    [(_, contact_id, match)] = there.bridge.linked()
    assert (contact_id, match["value"]) == (user, "Rosa Teammate")
    with there.bridge.app.app_context(), transaction() as connection:
        assert merges.get(connection, record.id).verified_at is not None


def test_a_merge_that_never_took_place_stands_in_nobody_s_way(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    record = sent(there.bridge, lead, user, before=LONG_AGO)
    look(there)
    assert state_of(there, record.id) == (MergeState.FAILED, "not_merged")
    assert sent(there.bridge, lead, user).id != record.id


def test_what_was_seen_too_soon_is_looked_at_again_when_asked(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    record = sent(there.bridge, lead, user, before=LONG_AGO)
    look(there)
    there.merge(lead, user)
    assert isinstance(settled(there, lead), Merged)
    assert state_of(there, record.id) == (MergeState.DONE, None)


def test_nobody_is_told_of_a_failure_that_was_none(there: Intercom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A teammate's look is ahead of Intercom's reads, and the worker's beside it is not."""
    lead, user = there.lead_of(), there.user()
    sent(there.bridge, lead, user, before=LONG_AGO)
    fail = settle_merge._failed

    def later(*given: Any) -> MergeOutcome:
        monkeypatch.setattr(settle_merge, "_failed", fail)
        there.merge(lead, user)
        look(there)
        return fail(*given)

    monkeypatch.setattr(settle_merge, "_failed", later)
    assert isinstance(settled(there, lead), Merged)


def test_a_merge_that_was_settled_meanwhile_is_not_settled_twice(
    there: Intercom, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, user = there.lead_of(), there.user()
    record = sent(there.bridge, lead, user, before=LONG_AGO)
    in_doubt = merges.in_doubt

    def listed(connection: Connection, *given: Any) -> tuple[MergeRecord, ...]:
        found = in_doubt(connection, *given)
        monkeypatch.setattr(merges, "in_doubt", lambda *_: ())
        look(there)
        with there.bridge.app.app_context(), transaction(write=True) as writing:
            merges.mark_failed(writing, record.id, failure="not_merged", request_id=None, at=utc_now())
        return found

    monkeypatch.setattr(merges, "in_doubt", listed)
    there.merge(lead, user)
    there.bridge.workspace.call_log.clear()
    look(there)
    assert (state_of(there, record.id), there.bridge.calls()) == ((MergeState.FAILED, "not_merged"), [])


def test_a_merge_that_somebody_may_still_wait_for_is_left_alone(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    record = sent(there.bridge, lead, user)
    there.bridge.workspace.call_log.clear()
    look(there)
    assert (state_of(there, record.id)[0], there.bridge.calls()) == (MergeState.SENT, [])


def test_an_outage_leaves_it_in_doubt_and_is_not_asked_about_at_once(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    record = sent(there.bridge, lead, user, before=LONG_AGO)
    there.merge(lead, user)
    there.bridge.workspace.faults.add("status", status=503)
    watch = look(there)
    assert state_of(there, record.id)[0] is MergeState.SENT
    there.bridge.workspace.faults.clear()
    there.bridge.workspace.call_log.clear()
    with there.bridge.app.app_context():
        watch.look()
    assert there.bridge.calls() == []
    look(there)
    assert state_of(there, record.id)[0] is MergeState.DONE


def test_a_workspace_whose_token_is_refused_is_not_asked(there: Intercom) -> None:
    user = there.user()
    for lead in (there.lead_of(77), there.lead_of(78)):
        sent(there.bridge, lead, user, before=LONG_AGO)
    there.bridge.workspace.faults.access = "revoked"
    there.bridge.workspace.call_log.clear()
    look(there)
    assert len(there.bridge.calls()) == 1
    look(there)
    assert len(there.bridge.calls()) == 1


def test_a_worker_does_it(there: Intercom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.worker.watch.LOOK_EVERY_S", 0.05)
    lead, user = there.lead_of(), there.user()
    record = sent(there.bridge, lead, user, before=LONG_AGO)
    there.merge(lead, user)
    keeper = Housekeeper(there.bridge.app)
    keeper.start()
    try:
        until(lambda: state_of(there, record.id)[0] is MergeState.DONE)
    finally:
        keeper.stop()


def test_not_all_merges_ever_made_are_read_for_it(app: Flask) -> None:
    with app.app_context():
        query = select(Merge.workspace_id).where(*merges._in_doubt(utc_now()))
        compiled = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        with db.engine.connect() as connection:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")]
    assert plan == ["SCAN merge USING INDEX uq_merge_live_workspace_id_from_id"]
