"""Merges are looked up and taken away: newest first, all of one workspace and none of another."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from app.storage.database import transaction
from app.storage.models import AuditRecord, Merge
from app.usecases.list_merges import COLUMNS, find_merge, list_merges, merge_facts, merges_as_csv
from app.usecases.office import Office
from tests.usecases.conftest import NOW


def merged(number: int, app_id: str = "abc12", **more: object) -> str:
    values = {
        "id": f"{number:08}-0000-4000-8000-000000000000",
        "workspace_id": app_id,
        "from_id": f"lead{number}",
        "into_id": "user1",
        "state": "done",
        "admin_id": "814860",
        "admin_name": "=Rosa",
        "consents": ["irreversible", "no_shared_identifier"],
        "reason": "@she said so",
        "from_before": {"id": f"lead{number}", "name": "=HYPERLINK()"},
        "into_before": {"id": "user1"},
        "asked_at": NOW + timedelta(minutes=number // 2),  # two of each minute
        **more,
    }
    with transaction(write=True) as connection:
        connection.execute(insert(Merge).values(**values))
    return str(values["id"])


def test_pages_hold_each_merge_once_the_newest_first(office: Office) -> None:
    ids = [merged(number) for number in range(7)]
    merged(99, "xyz99")
    shown: list[str] = []
    before: str | None = None
    for _ in range(4):
        page = list_merges(office, before=before, limit=2)
        shown += [one.id for one in page.merges]
        before = page.older
    assert shown == ids[::-1]
    assert before is None


def test_another_workspace_s_merge_is_none(office: Office) -> None:
    mine, theirs = merged(1), merged(2, "xyz99")
    assert find_merge(office, mine) is not None
    assert find_merge(office, theirs) is None
    assert list_merges(office, before=theirs).merges == ()


def test_all_of_a_merge_is_told_and_the_contacts_only_where_asked_for(office: Office) -> None:
    found = find_merge(office, merged(1, failure=None, verified_at=NOW))
    assert found is not None
    facts = merge_facts(found, snapshots=False)
    assert (facts["teammate_name"], facts["reason"], facts["verified_at"]) == (
        "=Rosa",
        "@she said so",
        "2026-11-22T09:05:00+00:00",
    )
    assert "lead_before" not in facts
    assert merge_facts(found, snapshots=True)["lead_before"] == {"id": "lead1", "name": "=HYPERLINK()"}


def test_a_download_is_whole_safe_and_recorded(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.usecases.list_merges.AT_ONCE", 2)
    for number in range(5):
        merged(number)
    merged(99, "xyz99")
    rows = list(csv.DictReader(io.StringIO("".join(merges_as_csv(office)))))
    assert [row["lead_id"] for row in rows] == [f"lead{number}" for number in range(4, -1, -1)]
    assert tuple(rows[0]) == COLUMNS
    assert (rows[0]["teammate_name"], rows[0]["reason"]) == ("'=Rosa", "'@she said so")
    assert rows[0]["consents"] == "irreversible no_shared_identifier"
    assert json.loads(rows[0]["lead_before"])["name"] == "=HYPERLINK()"
    assert rows[0]["user_after"] == ""
    with transaction() as connection:
        entries = connection.execute(select(AuditRecord.action, AuditRecord.admin_id, AuditRecord.workspace_id)).all()
    assert [tuple(one) for one in entries] == [("merges_exported", "814860", "abc12")]
