"""Each workspace keeps what it chose, for as long as it chose; one that left keeps nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.sql.schema import Table

from app.domain.merge_record import MergeOrder
from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.domain.workspace_settings import WorkspaceSettings
from app.services import services
from app.storage import (
    audit,
    contact_states,
    conversation_links,
    identities,
    inbox,
    known_contacts,
    merges,
    redirects,
    retention,
)
from app.storage.database import transaction
from app.storage.identities import Sender
from app.storage.inbox import NewEvent
from app.storage.models import Base, Merge
from app.storage.models import Workspace as WorkspaceRow
from app.usecases.purge import Purged, purge

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def always() -> bool:
    return True


def connect(app_id: str, **chosen: Any) -> Workspace:
    settings = replace(WorkspaceSettings(), **chosen)
    workspace = Workspace(id=app_id, region="eu", name="Harbour", token="dG9r", admin_id="8", settings=settings)
    with transaction(write=True) as connection:
        services().workspaces.save(connection, workspace, NOW - 400 * DAY)
    return workspace


def ended(app_id: str, *days_ago: int, lane: str = "intercom:x") -> None:
    for days in days_ago:
        event = NewEvent(
            workspace_id=app_id,
            account_id=None,
            event_id=f"{days} days ago",
            lane=lane,
            payload={"text": "Hello"},
            poison="odd",
        )
        with transaction(write=True) as connection:
            inbox.store(connection, [event], NOW - days * DAY)


def merged(app_id: str, days_ago: int, lead: str, *, sent: bool = True, done: bool = True) -> str:
    order = MergeOrder(
        workspace_id=app_id,
        lead_id=lead,
        user_id="u1",
        teammate=Teammate("8", "Rosa Teammate"),
        conversation_id=None,
        consents=frozenset(),
        reason="Ivy asked for it",
    )
    at, record = NOW - days_ago * DAY, {"id": lead, "name": "Ivy"}
    with transaction(write=True) as connection:
        claimed = merges.claim(connection, order, at)
        assert claimed is not None
        if sent:
            merges.mark_sent(connection, claimed.id, lead_before=record, user_before=record, at=at)
        if done:
            merges.mark_done(connection, claimed.id, at=at)
            merges.mark_verified(connection, claimed.id, user_after=record, at=at)
    return claimed.id


def left(app_id: str) -> list[str]:
    with transaction() as connection:
        return [one.event_id for one in inbox.dead(connection, workspace_id=app_id)]


def snapshots(app_id: str) -> dict[str, bool]:
    """By lead, whether any of the three records is left, or the reason."""
    with transaction() as connection:
        rows = connection.execute(select(Merge.__table__).where(Merge.workspace_id == app_id))
        return {row.from_id: any((row.from_before, row.into_before, row.into_after, row.reason)) for row in rows}


def run(go_on: Callable[[], bool] = always, at: datetime = NOW) -> Purged:
    return purge(services().workspaces, at, go_on)


@pytest.mark.usefixtures("database")
def test_each_workspace_keeps_messages_for_its_own_time() -> None:
    connect("short", message_retention_days=7)
    connect("usual")
    connect("long", message_retention_days=365)
    for app_id in ("short", "usual", "long", "unknown"):
        ended(app_id, 366, 31, 8, 6)
    assert run() == Purged(events=3 + 2 + 1 + 2)
    assert left("short") == ["6 days ago"]
    assert left("usual") == ["6 days ago", "8 days ago"]
    assert left("long") == ["6 days ago", "8 days ago", "31 days ago"]
    assert left("unknown") == ["6 days ago", "8 days ago"]
    assert run().nothing


@pytest.mark.usefixtures("database")
def test_old_merges_lose_both_contacts_and_stay() -> None:
    connect("usual")
    connect("short", snapshot_retention_days=30)
    connect("never", snapshot_retention_days=0)
    for app_id in ("usual", "short", "never"):
        merged(app_id, 400, "old")
        merged(app_id, 31, "newer")
        merged(app_id, 2, "new")
        merged(app_id, 401, "in doubt", done=False)
    assert run() == Purged(merges=2 + 3)
    assert snapshots("usual") == {"old": False, "newer": True, "new": True, "in doubt": False}
    assert snapshots("short") == {"old": False, "newer": False, "new": True, "in doubt": False}
    assert set(snapshots("never").values()) == {True}
    with transaction() as connection:
        [old] = connection.execute(
            select(Merge.__table__).where(Merge.from_id == "old", Merge.workspace_id == "short")
        ).all()
    assert (old.admin_name, old.into_id, old.state, old.finished_at) == ("Rosa Teammate", "u1", "done", NOW - 400 * DAY)


@pytest.mark.usefixtures("database")
def test_a_reason_goes_also_where_no_contact_was_kept() -> None:
    connect("usual")
    merge_id = merged("usual", 400, "l1", sent=False, done=False)
    with transaction(write=True) as connection:
        merges.drop_abandoned(connection, "usual", "l1", NOW - 399 * DAY)
    assert run().merges == 1
    with transaction() as connection:
        kept = merges.get(connection, merge_id)
    assert (kept.reason, kept.failure, kept.user_id) == (None, "abandoned", "u1")


@pytest.mark.usefixtures("database")
def test_that_a_stranger_was_deleted_is_known_for_four_weeks() -> None:
    connect("usual")
    with transaction(write=True) as connection:
        for days in (27, 29):
            contact_states.mark(connection, "usual", f"{days}", contact_states.DELETED, NOW - days * DAY)
    assert run() == Purged(strangers=1)
    assert rows_of("usual")["contact_state"] == 1
    assert run().nothing


@pytest.mark.usefixtures("database")
def test_it_can_be_stopped_and_goes_on_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    monkeypatch.setattr(retention, "LOOKED_FOR", 4)
    connect("usual")
    ended("usual", *range(40, 47))
    turns = iter([True, True, True, False])
    stopped = run(lambda: next(turns, False))
    assert 0 < stopped.events < 7
    assert run().events == 7 - stopped.events


@pytest.mark.usefixtures("database")
def test_what_was_replayed_meanwhile_is_kept() -> None:
    connect("usual")
    ended("usual", 40)
    with transaction() as connection:
        found = retention.old_events(connection, NOW - 30 * DAY)
    with transaction(write=True) as connection:
        assert inbox.replay(connection, found[0], NOW)
        assert retention.drop_events(connection, found) == 0


def furnish(app_id: str) -> None:
    """A row in every table that has a workspace."""
    with transaction(write=True) as connection:
        account = services().channels.ensure(
            connection, app_id, slug="telegram", address="77", name="Shop", secrets={"bot_token": "s"}, at=NOW
        )
        sender = Sender(account_id=account.id, sender_id="5201", display_name="Ivy")
        identity_id = identities.link(connection, app_id, sender, "c1", match={"rule": "new_lead"}, at=NOW)
        conversation_links.saw_message(connection, app_id, identity_id, "991", contact_id="c1", at=NOW)
        known_contacts.saw(connection, app_id, "c1", role="lead", phone="+35315550123", attributes={}, at=NOW)
        contact_states.mark(connection, app_id, "c2", contact_states.DELETED, NOW)
        redirects.add(connection, app_id, "c3", "c1", at=NOW)
        audit.record(
            connection, app_id, action="noted", teammate=Teammate("8", "Rosa"), contact_id="c1", details={}, at=NOW
        )
        event = NewEvent(
            workspace_id=app_id, account_id=account.id, event_id="e", lane=f"channel:{account.id}:5201", payload={}
        )
        inbox.store(connection, [event], NOW)
        for table in tables():
            if table.name in {"reconcile_run", "admin_session"}:
                connection.execute(insert(table).values(**filled(table, app_id)))
    merged(app_id, 2, "c4")


def filled(table: Table, app_id: str) -> dict[str, Any]:
    fitting = {"UtcDateTime": NOW, "Integer": 1, "JSON": []}
    required = [column for column in table.columns if not column.nullable]
    return {column.name: fitting.get(type(column.type).__name__, app_id) for column in required}


def tables() -> Iterator[Table]:
    return (one for one in Base.metadata.sorted_tables if "workspace_id" in one.c)


def rows_of(app_id: str) -> dict[str, int]:
    with transaction() as connection:
        return {
            one.name: len(connection.execute(select(one).where(one.c.workspace_id == app_id)).all()) for one in tables()
        }


def uninstall(app_id: str, days_ago: int) -> None:
    with transaction(write=True) as connection:
        services().workspaces.forget_token(connection, app_id, NOW - days_ago * DAY)


@pytest.mark.usefixtures("database")
def test_a_workspace_that_left_long_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    connect("gone")
    connect("stays")
    for app_id in ("gone", "stays"):
        furnish(app_id)
    assert all(rows_of("gone").values()), "a table is not furnished"
    uninstall("gone", 89)
    assert run().workspaces == 0
    assert all(rows_of("gone").values())

    with transaction(write=True) as connection:
        connection.execute(update(WorkspaceRow).where(WorkspaceRow.id == "gone").values(uninstalled_at=NOW - 90 * DAY))
    assert run().workspaces == 1
    assert not any(rows_of("gone").values())
    assert all(rows_of("stays").values())
    with transaction() as connection:
        row = connection.execute(select(WorkspaceRow.__table__).where(WorkspaceRow.id == "gone")).one()
    kept = (row.id, row.region, row.name, row.encrypted_token, row.admin_id, row.uninstalled_at)
    assert kept == ("gone", "eu", "", None, None, NOW - 90 * DAY)
    assert row.settings == WorkspaceSettings().to_json()
    assert run().nothing


@pytest.mark.usefixtures("database")
def test_a_team_may_have_it_forgotten_at_once() -> None:
    connect("gone", link_retention_days=0)
    furnish("gone")
    uninstall("gone", 0)
    assert run().workspaces == 1
    assert not any(rows_of("gone").values())


@pytest.mark.usefixtures("database")
def test_installing_again_in_between_keeps_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    workspace = connect("back")
    furnish("back")
    uninstall("back", 100)
    turns = iter([True, True])

    def go_on() -> bool:
        if next(turns, False):
            return True
        with transaction(write=True) as connection:
            services().workspaces.connect(connection, workspace, NOW)
        return True

    assert run(go_on).workspaces == 0
    assert rows_of("back")["channel_account"] == 1


def test_a_token_that_no_key_opens_stops_nothing(database: Flask) -> None:
    connect("usual", message_retention_days=1)
    ended("usual", 2)
    with transaction(write=True) as connection:
        connection.execute(update(WorkspaceRow).values(encrypted_token="not ours"))
    assert database is not None
    assert run().events == 1
