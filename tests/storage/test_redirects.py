from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import insert

from app.storage import redirects
from app.storage.database import transaction
from app.storage.models import ContactRedirect

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


def test_chains_lead_to_the_last_survivor(database: Flask) -> None:
    with transaction(write=True) as connection:
        redirects.add(connection, "abc12", "a", "b", at=NOW)
        redirects.add(connection, "abc12", "b", "c", at=NOW)
        assert redirects.survivor(connection, "abc12", "a") == "c"
        assert redirects.survivor(connection, "abc12", "c") == "c"
        assert redirects.survivor(connection, "xyz77", "a") == "a"


def test_the_same_redirect_twice_is_one(database: Flask) -> None:
    with transaction(write=True) as connection:
        redirects.add(connection, "abc12", "a", "b", at=NOW)
        redirects.add(connection, "abc12", "a", "c", at=NOW)
        redirects.add(connection, "abc12", "d", "d", at=NOW)
        assert redirects.survivor(connection, "abc12", "a") == "c"
        assert redirects.survivor(connection, "abc12", "d") == "d"


def test_a_contact_that_received_another_is_there(database: Flask) -> None:
    with transaction(write=True) as connection:
        redirects.add(connection, "abc12", "a", "b", at=NOW)
        redirects.add(connection, "abc12", "b", "a", at=NOW)
        assert redirects.survivor(connection, "abc12", "a") == "a"
        assert redirects.survivor(connection, "abc12", "b") == "a"


def test_a_loop_ends(database: Flask) -> None:
    with transaction(write=True) as connection:
        for from_id, into_id in [("a", "b"), ("b", "c"), ("c", "b")]:
            values = {"workspace_id": "abc12", "from_id": from_id, "into_id": into_id, "created_at": NOW}
            connection.execute(insert(ContactRedirect).values(**values))
        assert redirects.survivor(connection, "abc12", "a") == "a"
