"""The nightly walk, on a thread of a worker: for each workspace whose night it is, and once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app.domain.workspace import Workspace
from app.services import services
from app.storage import reconcile_runs
from app.storage.database import transaction
from app.storage.models import ReconcileRun
from app.worker.engine import new_worker, working
from app.worker.nightly import NightWatch
from tests.reconcile.conftest import Links, links, serve_app
from tests.worker.conftest import Diary, until

__all__ = ["links", "serve_app"]
NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


def zone_where_it_is(hour: int) -> str:
    """A time zone in which it is so late now; those of Etc have no summer."""
    east = (hour - datetime.now(UTC).hour + 36) % 24 - 12
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"


def in_zone(links: Links, zone: str) -> None:
    with transaction(write=True) as connection:
        objects = services()
        found = objects.workspaces.get(connection, links.workspace.app_id)
        assert found is not None
        changed = Workspace(id=found.id, region=found.region, token=found.token, timezone=zone)
        objects.workspaces.save(connection, changed, datetime.now(UTC))


@pytest.fixture
def watch(links: Links) -> Iterator[NightWatch]:
    links.lead("77")
    watch = NightWatch(links.app, look_every_s=0.05)
    yield watch
    watch.stop()


def searched(links: Links) -> int:
    return links.calls().count(("POST", "/contacts/search"))


def test_at_night_the_links_are_walked_once(links: Links, watch: NightWatch) -> None:
    in_zone(links, zone_where_it_is(3))
    lead, user = links.lead("78"), links.user()
    links.intercom.merge(lead, user, skip_duplicate_validation=True)
    watch.start()
    until(lambda: links.contacts_of()["78"] == user)
    until(lambda: links.run().finished_at is not None)
    other = NightWatch(links.app, look_every_s=0.05)
    other.start()
    looked = searched(links)
    until(lambda: links.run().claimed_until is None)
    other.stop()
    watch.stop()
    assert searched(links) == looked == 1


def test_by_day_nothing_is_walked(links: Links, watch: NightWatch) -> None:
    in_zone(links, zone_where_it_is(13))
    watch.start()
    with pytest.raises(AssertionError):
        until(lambda: searched(links) > 0, within_s=0.5)


def test_a_walk_that_a_lost_token_stopped_is_not_tried_again_at_once(links: Links, watch: NightWatch) -> None:
    in_zone(links, zone_where_it_is(3))
    links.workspace.faults.access = "revoked"
    links.workspace.call_log.clear()
    watch.start()
    until(lambda: searched(links) == 1)
    with pytest.raises(AssertionError):
        until(lambda: searched(links) > 1, within_s=0.5)
    assert links.run().finished_at is None


def test_whoever_was_walked_longest_ago_goes_first(links: Links, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones may take the whole night; the last ones go first the next time."""
    visited: list[str] = []
    monkeypatch.setattr(NightWatch, "visit", lambda _watch, _objects, workspace_id: visited.append(workspace_id))
    began = {"a": NOW - timedelta(hours=1), "b": NOW - timedelta(days=2), "d": NOW - timedelta(days=1)}
    with transaction(write=True) as connection:
        for name in ("a", "b", "c", "d"):
            services().workspaces.save(connection, Workspace(id=name, region="us"), NOW)
        for name, at in began.items():
            assert reconcile_runs.claim(connection, name, lease=timedelta(seconds=1))
            connection.execute(update(ReconcileRun).where(ReconcileRun.workspace_id == name).values(started_at=at))
    NightWatch(links.app, look_every_s=0).look()
    assert [one for one in visited if one != links.workspace.app_id] == ["c", "b", "d", "a"]


def test_a_worker_of_either_engine_has_a_night_watch(
    links: Links, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.worker.watch.LOOK_EVERY_S", 0.05)
    in_zone(links, zone_where_it_is(3))
    links.lead("77")
    url = links.app.config["SQLALCHEMY_DATABASE_URI"]
    with working(new_worker(links.app, diary.work, url=url, threads=1)):
        until(lambda: searched(links) == 1)
        until(lambda: links.run().finished_at is not None)


def test_a_stopped_worker_leaves_the_walk_soon(links: Links, watch: NightWatch) -> None:
    in_zone(links, zone_where_it_is(3))
    links.workspace.faults.rate_limit = 2
    for number in range(10):
        links.link(links.workspace.contacts()[0]["id"] + str(number), str(number))
    watch.start()
    until(lambda: searched(links) == 1)
    began = datetime.now(UTC)
    watch.stop()
    assert datetime.now(UTC) - began < timedelta(seconds=5)
    assert links.run().claimed_until is None
