"""The contacts of a workspace in the order of their ids, each once, by the index alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from app.domain.reconciling import LinkedSender
from app.domain.workspace import Workspace
from app.services import services
from app.storage import contact_states, identities, linked_contacts, redirects
from app.storage.database import transaction

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def furnished(database: Flask) -> None:
    """Contacts a, b, c with people, and d that c's former self went into; another workspace with its own."""
    for workspace_id, contacts in (("abc12", "abca"), ("xyz77", "bz")):
        with transaction(write=True) as connection:
            services().workspaces.save(connection, Workspace(id=workspace_id, region="us"), AT)
            account = services().channels.ensure(
                connection, workspace_id, slug="telegram", address="1", name="Bot", secrets={}, at=AT
            )
            for number, contact_id in enumerate(contacts):
                sender = identities.Sender(account_id=account.id, sender_id=f"{workspace_id}-{number}")
                identities.link(connection, workspace_id, sender, contact_id, match={"rule": "new_lead"}, at=AT)
            redirects.add(connection, workspace_id, f"{workspace_id} gone", "d", at=AT)
            redirects.add(connection, workspace_id, f"{workspace_id} gone too", "b", at=AT)


@pytest.mark.usefixtures("furnished")
def test_each_contact_comes_once_and_in_order() -> None:
    with transaction() as connection:
        assert linked_contacts.next_ids(connection, "abc12", "", 10) == ("a", "b", "c", "d")
        assert linked_contacts.next_ids(connection, "abc12", "", 2) == ("a", "b")
        assert linked_contacts.next_ids(connection, "abc12", "b", 2) == ("c", "d")
        assert linked_contacts.next_ids(connection, "abc12", "d", 2) == ()
        assert linked_contacts.count(connection, "abc12") == 3


@pytest.mark.usefixtures("furnished")
def test_everybody_linked_is_told_and_nobody_of_another_workspace() -> None:
    with transaction() as connection:
        found = linked_contacts.senders_of(connection, "abc12", ("a", "b", "d", "z"))
    assert {contact: {one.sender_id for one in senders} for contact, senders in found.items()} == {
        "a": {"abc12-0", "abc12-3"},
        "b": {"abc12-1"},
    }
    assert LinkedSender("telegram", "abc12-1", None) in found["b"]


@pytest.mark.usefixtures("furnished")
def test_states_are_told_of_this_workspace() -> None:
    with transaction(write=True) as connection:
        contact_states.mark(connection, "abc12", "a", contact_states.ARCHIVED, AT)
        contact_states.mark(connection, "xyz77", "b", contact_states.DELETED, AT)
        assert linked_contacts.states_of(connection, "abc12", ("a", "b")) == {"a": contact_states.ARCHIVED}


def plan(connection: Connection) -> str:
    """How the database would read the next ids, when it may not read whole tables."""
    wanted: list[str] = []

    class Watched:
        """Explains what is executed on it instead of executing it."""

        def execute(self, statement: object) -> object:
            compiled = statement.compile(  # type: ignore[attr-defined]  # it is a Select
                dialect=connection.dialect, compile_kwargs={"literal_binds": True}
            )
            is_sqlite = connection.dialect.name == "sqlite"
            explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
            wanted.extend(" ".join(map(str, row)) for row in connection.exec_driver_sql(f"{explain} {compiled}"))
            return connection.execute(text("SELECT 1"))

    linked_contacts.next_ids(Watched(), "abc12", "b", 50)  # type: ignore[arg-type]
    return "\n".join(wanted)


@pytest.mark.usefixtures("furnished")
def test_the_next_contacts_are_found_by_the_indexes() -> None:
    with transaction(write=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        told = plan(connection)
    assert "ix_identity_workspace_id_contact_id" in told
    assert "ix_contact_redirect_workspace_id_into_id" in told
    assert "SCAN identity" not in told
