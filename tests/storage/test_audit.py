from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask

from app.domain.teammate import Teammate
from app.storage import audit
from app.storage.database import transaction

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
BO = Teammate("814860", "Bo \x00Ek")


def test_the_trail_of_a_contact_is_newest_first(database: Flask) -> None:
    with transaction(write=True) as connection:
        for minutes, teammate in enumerate([BO, None, BO]):
            audit.record(
                connection,
                "abc12",
                action=f"step {minutes}",
                teammate=teammate,
                contact_id="c1",
                details={"number": minutes},
                at=NOW + timedelta(minutes=minutes),
            )
        audit.record(connection, "abc12", action="elsewhere", teammate=BO, contact_id="c2", details={}, at=NOW)
    with transaction() as connection:
        trail = audit.of_contact(connection, "abc12", "c1", limit=2)
    assert [entry.action for entry in trail] == ["step 2", "step 1"]
    assert [entry.by for entry in trail] == [Teammate("814860", "Bo Ek"), None]
    assert (trail[0].details, trail[0].at) == ({"number": 2}, NOW + timedelta(minutes=2))


def test_the_trail_of_a_workspace_goes_on_from_page_to_page(database: Flask) -> None:
    with transaction(write=True) as connection:
        for number in range(5):
            for workspace in ("abc12", "xyz98"):
                action = "odd" if number % 2 else "even"
                details = {"number": number}
                audit.record(
                    connection, workspace, action=action, teammate=BO, contact_id=None, details=details, at=NOW
                )
    with transaction() as connection:
        first = audit.of_workspace(connection, "abc12", limit=3)
        rest = audit.of_workspace(connection, "abc12", before=first[-1].id, limit=3)
        odd = audit.of_workspace(connection, "abc12", actions=["odd"])
    assert [[entry.details["number"] for entry in page] for page in (first, rest, odd)] == [[4, 3, 2], [1, 0], [3, 1]]
