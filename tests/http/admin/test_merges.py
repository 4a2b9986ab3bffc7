"""Merges in the browser: who, what, when and why; both contacts; files that run nothing anywhere."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, update

from app.storage import audit
from app.storage.database import transaction
from app.storage.models import Merge
from tests.admin_driver import Browser
from tests.http.admin.conftest import ACME
from tests.http.admin.scene import NOW, Furnished, furnish

FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def scene(kinbox: Flask, browser: Browser) -> Furnished:
    browser.sign_in(ACME.id)
    return furnish(kinbox, ACME)


def test_the_list_and_one_merge(browser: Browser, scene: Furnished) -> None:
    page = browser.get("/admin/merges").text
    assert f"/admin/merges/{scene.merge_id}" in page
    assert "Rosa Teammate" in page
    assert "Done" in page
    one = browser.get(f"/admin/merges/{scene.merge_id}").text
    assert f"Because {scene.mark}" in one
    assert "that it cannot be undone" in one
    assert f"Lead {scene.mark}" in one
    assert f"User {scene.mark}" in one


def test_one_merge_is_taken_away_as_json(browser: Browser, scene: Furnished) -> None:
    answer = browser.get(f"/admin/merges/{scene.merge_id}/json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="kinbox-merge-{scene.merge_id}.json"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    told = json.loads(answer.text)
    assert (told["lead_before"]["name"], told["reason"]) == (f"Lead {scene.mark}", f"Because {scene.mark}")


def test_all_merges_are_taken_away_as_csv_on_record(kinbox: Flask, browser: Browser, scene: Furnished) -> None:
    with kinbox.app_context(), transaction(write=True) as connection:
        connection.execute(update(Merge).where(Merge.id == scene.merge_id).values(reason=FORMULA))
    answer = browser.post("/admin/merges/export")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="kinbox-merges.csv"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    [row] = csv.DictReader(io.StringIO(answer.text))
    assert row["reason"] == f"'{FORMULA}"
    assert row["id"] == scene.merge_id
    with kinbox.app_context(), transaction() as connection:
        assert audit.of_workspace(connection, ACME.id)[0].action == "merges_exported"
    assert "took all merges away as a file" in browser.get("/admin/activity").text


def test_what_stands_in_a_snapshot_stays_text(kinbox: Flask, browser: Browser, scene: Furnished) -> None:
    hostile = {"name": "<script>alert(1)</script>", "custom_attributes": {"<b>": {"x": "<i>"}}, "tags": ["<u>"]}
    with kinbox.app_context(), transaction(write=True) as connection:
        connection.execute(update(Merge).where(Merge.id == scene.merge_id).values(from_before=hostile))
    page = browser.get(f"/admin/merges/{scene.merge_id}").text
    assert "&lt;script&gt;alert(1)" in page
    for tag in ("<script", "<b><b>", "<i>", "<u>"):
        assert tag not in page


def test_a_merge_whose_snapshots_are_gone_says_so(kinbox: Flask, browser: Browser, scene: Furnished) -> None:
    with kinbox.app_context(), transaction(write=True) as connection:
        connection.execute(update(Merge).values(from_before=None, into_before=None, into_after=None))
    assert "not kept, or not any more" in browser.get(f"/admin/merges/{scene.merge_id}").text


@pytest.mark.parametrize("merge_id", ["not-an-id", "00000000-0000-0000-0000-000000000000", "%00", "%ff"])
def test_an_id_of_nothing_is_not_found(browser: Browser, scene: Furnished, merge_id: str) -> None:
    assert browser.get(f"/admin/merges/{merge_id}").status_code == 404
    assert browser.get(f"/admin/merges/{merge_id}/json").status_code == 404
    assert browser.get(f"/admin/merges?before={merge_id}").status_code == 200


def test_many_are_shown_a_page_at_a_time(kinbox: Flask, browser: Browser) -> None:
    browser.sign_in(ACME.id)
    with kinbox.app_context(), transaction(write=True) as connection:
        for number in range(51):
            values = {
                "id": f"00000000-0000-4000-8000-{number:012}",
                "workspace_id": ACME.id,
                "from_id": f"lead{number}",
                "into_id": "user1",
                "state": "failed",
                "consents": [],
                "asked_at": NOW + timedelta(minutes=number),
            }
            connection.execute(insert(Merge).values(**values))
    first = browser.get("/admin/merges").text
    assert ">lead50<" in first
    assert ">lead0<" not in first
    assert ">lead0<" in browser.get("/admin/merges?before=00000000-0000-4000-8000-000000000001").text
