"""The one query behind the first screen: failed messages are counted, and cost the same in a database of any size."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH
from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from app.domain.answers import FailedLately
from app.domain.identity import Match
from app.domain.workspace import Workspace
from app.storage import failures, identities
from app.storage.channels import ChannelRepository
from app.storage.contact_facts import _FACTS, MESSAGES_LOOKED_AT, contact_facts
from app.storage.crypto import SecretBox
from app.storage.database import db, transaction
from app.storage.identities import Sender
from app.storage.lanes import lane_name
from app.storage.models import Identity, InboundEvent
from app.storage.workspaces import WorkspaceRepository

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
BOX = SecretBox([Fernet.generate_key().decode()])


@pytest.fixture
def account(database: Flask) -> int:
    return an_account("abc12", "+15550100")


def an_account(workspace_id: str, address: str) -> int:
    with transaction(write=True) as connection:
        WorkspaceRepository(BOX).add(connection, Workspace(id=workspace_id, region="us"), NOW)
        accounts = ChannelRepository(BOX)
        return accounts.ensure(connection, workspace_id, slug="twilio", address=address, name="Main", at=NOW).id


def link(account: int, sender_id: str, contact_id: str, workspace_id: str = "abc12") -> int:
    with transaction(write=True) as connection:
        sender = Sender(account_id=account, sender_id=sender_id)
        return identities.link(connection, workspace_id, sender, contact_id, match=Match("phone").to_json(), at=NOW)


def came(account: int, sender_id: str, *ends: str, workspace_id: str = "abc12") -> None:
    """Messages of this sender; each ended as said: `done`, `waiting`, or dead with that code."""
    rows: list[dict[str, Any]] = [
        {
            "workspace_id": workspace_id,
            "account_id": account,
            "source": "channel",
            "event_id": f"{sender_id}-{time.monotonic_ns()}-{number}",
            "lane": lane_name(account, sender_id),
            "state": end if end in {"done", "waiting"} else "dead",
            "last_error": None if end in {"done", "waiting"} else end,
            "attempts": 1,
            "next_try_at": NOW,
            "payload": {},
            "steps": {},
            "epoch": 0,
            "received_at": NOW,
        }
        for number, end in enumerate(ends)
    ]
    with transaction(write=True) as connection:
        connection.execute(insert(InboundEvent), rows)


def failed(contact_id: str = "c1", workspace_id: str = "abc12") -> FailedLately | None:
    with transaction() as connection:
        return contact_facts(connection, workspace_id, contact_id).failed


def test_without_failed_messages_nothing_is_told(account: int) -> None:
    link(account, "s1", "c1")
    assert failed() is None
    came(account, "s1", "done", "waiting")
    assert failed() is None


def test_failed_messages_of_all_identities_are_counted(account: int) -> None:
    other = an_account("abc12", "+15550101")
    link(account, "s1", "c1")
    link(other, "s1", "c1")
    came(account, "s1", "Refused", "done", "Refused")
    assert failed() == FailedLately(2, "Refused")
    came(other, "s1", "Refused")
    assert failed() == FailedLately(3, "Refused")
    came(other, "s1", "channel_removed")
    assert failed() == FailedLately(4, None)


def test_failed_messages_of_others_are_not(account: int) -> None:
    foreign = an_account("xyz77", "+15550199")
    link(account, "s1", "c1")
    link(account, "s10", "c2")
    link(foreign, "s1", "c1", "xyz77")
    came(account, "s10", "Refused")
    came(account, "", "unreadable")
    came(foreign, "s1", "Refused", workspace_id="xyz77")
    assert failed() is None
    assert failed("c1", "xyz77") == FailedLately(1, "Refused")


def test_the_newest_messages_are_looked_at(account: int) -> None:
    link(account, "s1", "c1")
    came(account, "s1", "Refused", *["done"] * (MESSAGES_LOOKED_AT - 1))
    assert failed() == FailedLately(1, "Refused")
    came(account, "s1", "done")
    assert failed() is None


def test_the_list_of_them_is_newest_first_and_counts_all(account: int) -> None:
    link(account, "s1", "c1")
    came(account, "s1", "one", "done", "two", "three")
    with transaction() as connection:
        listed = failures.of_contact(connection, "abc12", "c1", limit=2)
        ids = connection.execute(select(InboundEvent.id).order_by(InboundEvent.id)).scalars().all()
        assert [one.code for one in listed.listed] == ["three", "two"]
        assert (listed.number, listed.listed[0].account_name, listed.listed[0].received_at) == (3, "Main", NOW)
        mine = [one for one in ids if failures.is_of_contact(connection, "abc12", "c1", one)]
        assert mine == [ids[0], ids[2], ids[3]]
        assert not failures.is_of_contact(connection, "abc12", "c2", ids[0])
        assert not failures.is_of_contact(connection, "xyz77", "c1", ids[0])


def test_every_part_of_the_query_goes_through_an_index(account: int) -> None:
    """Among many identities and events, a page view must not read them all."""
    with transaction(write=True) as connection:
        people = [
            {"workspace_id": "abc12", "account_id": account, "sender_id": f"p{number}", "contact_id": f"c{number}"}
            for number in range(3000)
        ]
        connection.execute(insert(Identity), people)
    for number in range(0, 3000, 10):
        came(account, f"p{number}", "Refused")
    with transaction(write=True) as connection:
        connection.execute(text("ANALYZE"))
        compiled = str(
            _FACTS._statement.params(workspace="abc12", contact="c70").compile(
                db.engine, compile_kwargs={"literal_binds": True}
            )
        )
        is_sqlite = db.engine.dialect.name == "sqlite"
        explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
        sql = compiled.replace("%%", "%")
        plan = "\n".join(str(tuple(row)[-1]) for row in connection.exec_driver_sql(f"{explain} {sql}"))
    for table in ("inbound_event", "identity"):
        scan = f"SCAN {table}" if is_sqlite else f"Seq Scan on {table}"
        assert scan not in plan, plan
    assert "ix_inbound_event_lane_id" in plan


def test_psycopg_reads_the_statement_only_once() -> None:
    statement = str(_FACTS._statement.compile(dialect=PGDialect_psycopg()))  # type: ignore[no-untyped-call]  # it has no types
    assert len(statement) <= MAX_CACHED_STATEMENT_LENGTH
