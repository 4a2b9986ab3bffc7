from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from app.storage.database import transaction
from app.storage.models import AuditRecord
from app.storage.types import storable

DUBLIN_SUMMER = timezone(timedelta(hours=1))


def store(at: datetime, **details: object) -> None:
    with transaction(write=True) as connection:
        connection.execute(insert(AuditRecord).values(workspace_id="abc12", at=at, action="tried", details=details))


def test_a_time_comes_back_as_the_same_instant_in_utc(database: Flask) -> None:
    at = datetime(2026, 7, 1, 0, 30, 15, 123456, tzinfo=DUBLIN_SUMMER)
    store(at)
    with transaction() as connection:
        [stored] = connection.execute(select(AuditRecord.at)).scalars()
    assert stored == at
    assert stored.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: Flask) -> None:
    with pytest.raises(StatementError, match="without its zone"):
        store(datetime(2026, 7, 1))  # noqa: DTZ001 - that is the point


def test_json_keeps_what_customers_write(database: Flask) -> None:
    store(datetime.now(UTC), name="nul \x00 and half \ud83d of a face")
    with transaction() as connection:
        [details] = connection.execute(select(AuditRecord.details)).scalars()
    assert details == {"name": "nul \x00 and half \ud83d of a face"}


@pytest.mark.parametrize(
    ("text", "stored"),
    [(None, None), ("Zoë 👩‍💻", "Zoë 👩‍💻"), ("a\x00b", "ab"), ("a\ud83db", "a?b")],
)
def test_storable_text_loses_only_what_no_column_takes(text: str | None, stored: str | None) -> None:
    assert storable(text) == stored
