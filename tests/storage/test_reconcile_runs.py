"""Who walks a workspace's links: one at a time, and nobody with a claim that is over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection

from app.domain.reconciling import Tally
from app.storage import reconcile_runs
from app.storage.database import transaction
from app.storage.reconcile_runs import Run

LEASE = timedelta(minutes=1)
WORKSPACE = "abc12"


@pytest.fixture
def connection(database: Flask) -> Iterator[Connection]:
    with transaction(write=True) as connection:
        yield connection


def claimed(connection: Connection, lease: timedelta = LEASE) -> Run:
    run = reconcile_runs.claim(connection, WORKSPACE, lease=lease)
    assert run is not None
    return run


def test_there_is_no_walk_before_the_first(connection: Connection) -> None:
    assert reconcile_runs.get(connection, WORKSPACE) is None


def test_the_first_walk_begins_before_all_contacts(connection: Connection) -> None:
    run = claimed(connection)
    assert (run.after, run.finished_at, run.tally) == ("", None, Tally())
    assert reconcile_runs.get(connection, WORKSPACE) == run


def test_nobody_else_gets_it_while_the_claim_lasts(connection: Connection) -> None:
    claimed(connection)
    assert reconcile_runs.claim(connection, WORKSPACE, lease=LEASE) is None
    assert reconcile_runs.claim(connection, "xyz77", lease=LEASE) is not None


def test_a_claim_that_is_over_is_for_anybody_and_its_holder_changes_nothing(connection: Connection) -> None:
    dead = claimed(connection, timedelta(0))
    time.sleep(0.001)
    alive = claimed(connection)
    tally = Tally(checked=5)
    assert reconcile_runs.save(connection, dead, after="zz", tally=tally, lease=LEASE) is None
    assert reconcile_runs.finish(connection, dead) is None
    assert reconcile_runs.begin_anew(connection, dead) is None
    reconcile_runs.release(connection, dead)
    assert reconcile_runs.get(connection, WORKSPACE) == alive


def test_the_place_is_kept_with_the_claim(connection: Connection) -> None:
    run = claimed(connection)
    tally = Tally(checked=2, repaired=1).with_contact("b", repaired=False, code="not_served")
    saved = reconcile_runs.save(connection, run, after="b", tally=tally, lease=LEASE)
    assert saved is not None
    assert saved == reconcile_runs.get(connection, WORKSPACE)
    assert (saved.after, saved.tally) == ("b", tally)
    assert reconcile_runs.save(connection, run, after="c", tally=tally, lease=LEASE) is None


def test_one_that_was_let_go_is_gone_on_with(connection: Connection) -> None:
    run = claimed(connection)
    saved = reconcile_runs.save(connection, run, after="b", tally=Tally(checked=2), lease=LEASE)
    assert saved is not None
    reconcile_runs.release(connection, saved)
    again = claimed(connection)
    assert (again.after, again.tally.checked, again.started_at) == ("b", 2, run.started_at)


def test_one_that_ended_is_begun_anew_from_the_first_contact(connection: Connection) -> None:
    run = claimed(connection)
    saved = reconcile_runs.save(connection, run, after="b", tally=Tally(checked=2), lease=LEASE)
    assert saved is not None
    ended = reconcile_runs.finish(connection, saved)
    assert ended == reconcile_runs.get(connection, WORKSPACE)
    assert ended is not None
    assert ended.finished_at is not None
    again = claimed(connection)
    assert (again.finished_at, again.after) == (ended.finished_at, "b")
    new = reconcile_runs.begin_anew(connection, again)
    assert new == reconcile_runs.get(connection, WORKSPACE)
    assert new is not None
    assert (new.finished_at, new.after, new.tally) == (None, "", Tally())
    assert new.started_at > run.started_at
