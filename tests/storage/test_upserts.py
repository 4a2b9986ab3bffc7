from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select

from app.storage.database import transaction
from app.storage.models import ContactRedirect, Merge
from app.storage.upserts import insert_or_ignore, upsert

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


def a_merge(merge_id: str, **changes: object) -> dict[str, object]:
    ids = {"id": merge_id, "workspace_id": "abc12", "from_id": "lead", "into_id": "user"}
    return ids | {"state": "asked", "consents": [], "asked_at": NOW} | changes


def test_only_one_live_merge_of_a_lead_gets_in(database: Flask) -> None:
    with transaction(write=True) as connection:
        assert insert_or_ignore(connection, Merge, a_merge("m1"))
        assert not insert_or_ignore(connection, Merge, a_merge("m2", into_id="another"))
        assert insert_or_ignore(connection, Merge, a_merge("m3", state="failed"))
        assert insert_or_ignore(connection, Merge, a_merge("m4", workspace_id="xyz77"))
        assert sorted(connection.execute(select(Merge.id)).scalars()) == ["m1", "m3", "m4"]


def test_an_upsert_changes_all_but_the_key_and_what_it_keeps(database: Flask) -> None:
    key = {"workspace_id": "abc12", "from_id": "a"}
    with transaction(write=True) as connection:
        upsert(connection, ContactRedirect, key | {"into_id": "b", "created_at": NOW}, key=key)
        later = {"into_id": "c", "created_at": NOW.replace(year=2027)}
        upsert(connection, ContactRedirect, key | later, key=key, keep=("created_at",))
        [row] = connection.execute(select(ContactRedirect.into_id, ContactRedirect.created_at)).all()
    assert tuple(row) == ("c", NOW)
