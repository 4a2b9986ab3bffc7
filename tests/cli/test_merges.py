"""`merges list|export`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from app.storage.database import transaction
from app.storage.models import Merge
from tests.cli.conftest import Run

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


@pytest.fixture
def merge(app: Flask, run: Run) -> str:
    run("workspaces add --id abc12 --region us --token none --offline")
    values = {
        "id": "3f0c9a7b-0000-4000-8000-000000000000",
        "workspace_id": "abc12",
        "from_id": "lead1",
        "into_id": "user1",
        "state": "done",
        "admin_id": "7",
        "admin_name": "Rosa Teammate",
        "consents": [],
        "from_before": {"id": "lead1", "phone": "+35315550123"},
        "asked_at": NOW,
    }
    with app.app_context(), transaction(write=True) as connection:
        connection.execute(insert(Merge).values(**values))
    return str(values["id"])


def test_merges_are_listed_without_the_contacts(run: Run, told: Callable[[str], Any], merge: str) -> None:
    assert run("merges list --workspace abc12").output == (
        f"{merge}  2026-11-22 09:05  done      lead1 into user1  by Rosa Teammate\n"
    )
    answer = told("merges list --workspace abc12")
    assert [one["id"] for one in answer["merges"]] == [merge]
    assert answer["older"] is None
    assert "lead_before" not in answer["merges"][0]
    assert told(f"merges list --workspace abc12 --before {merge}")["merges"] == []


def test_merges_are_exported_as_csv_or_json(run: Run, told: Callable[[str], Any], merge: str) -> None:
    [row] = csv.DictReader(io.StringIO(run("merges export --workspace abc12").stdout))
    assert json.loads(row["lead_before"]) == {"id": "lead1", "phone": "+35315550123"}
    [exported] = told("merges export --workspace abc12")
    assert exported["lead_before"] == {"id": "lead1", "phone": "+35315550123"}


def test_a_workspace_that_is_not_there_is_told(run: Run, merge: str) -> None:
    for verb in ("list", "export"):
        assert run(f"merges {verb} --workspace other").exit_code == 1
    assert run("merges list").exit_code == 2
