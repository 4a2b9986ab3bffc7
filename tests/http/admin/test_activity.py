"""What was done is told in sentences, page by page, and everything that is recorded has one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from app.domain.teammate import Teammate
from app.http.admin.activity_words import _SENTENCES, sentence
from app.storage import audit
from app.storage.audit import AuditEntry
from app.storage.database import transaction
from tests.admin_driver import ROSA, Browser
from tests.http.admin.conftest import ACME

APP = Path(__file__).parents[3] / "app"
NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
RECORDED = re.compile(
    r'\baction="(\w+)"(?: if \w+ else "(\w+)")?'
    r'|\b_?record\([\w., ]*?"(\w+)"'
    r'|\b[A-Z_]+ = "(setting_changed)"'
)


def entry(action: str, by: Teammate | None = ROSA, **details: object) -> AuditEntry:
    return AuditEntry(id=1, at=NOW, action=action, by=by, contact_id=None, details=details)


def recorded_actions() -> set[str]:
    texts = [
        path.read_text(encoding="utf-8")
        for folder in ("usecases", "http", "cli")
        for path in (APP / folder).rglob("*.py")
    ]
    return {name for text in texts for found in RECORDED.findall(text) for name in found if name}


def test_everything_that_is_recorded_has_a_sentence() -> None:
    actions = recorded_actions()
    assert {"merged", "identity_moved", "channel_paused", "setting_changed", "links_imported"} <= actions
    assert actions <= set(_SENTENCES)


@pytest.mark.parametrize("action", sorted(_SENTENCES))
def test_a_sentence_is_whole_also_where_details_are_missing(action: str) -> None:
    told = sentence(entry(action))
    assert told.startswith("Rosa Teammate ")
    assert told.endswith(".")
    assert "{" not in told


def test_who_did_it_is_told() -> None:
    assert sentence(entry("channel_paused", None, name="Shop")).startswith("An operator at the command line paused")
    assert sentence(entry("merge_followed", None, from_id="c1", identities=2)) == (
        "Kinbox noticed that Intercom merged c1 into this contact, and moved what was linked, with 2 linked channels."
    )
    assert sentence(entry("person_erased", None, why="deleted")).startswith("Kinbox erased")
    assert sentence(entry("person_erased", None, why="erased")).startswith("An operator")
    assert sentence(entry("channel_paused", Teammate("814860", ""), name="Shop")).startswith("Admin 814860 paused")


def test_an_action_of_another_version_is_told_by_its_name() -> None:
    assert sentence(entry("tea_made")) == "Rosa Teammate: tea made."


def test_what_people_typed_stays_text_and_older_entries_are_a_page_away(kinbox: Flask, browser: Browser) -> None:
    browser.sign_in(ACME.id)
    with kinbox.app_context(), transaction(write=True) as connection:
        for number in range(51):
            audit.record(
                connection,
                ACME.id,
                action="channel_paused",
                teammate=Teammate("1", "<i>Bo</i>"),
                contact_id=None,
                details={"name": f"<script>{number}</script> {{name}}"},
                at=NOW,
            )
    page = browser.get("/admin/activity").text
    assert "&lt;i&gt;Bo&lt;/i&gt; paused the channel &lt;script&gt;50&lt;/script&gt; {name}." in page
    assert "<script" not in page
    older = re.search(r'href="(/admin/activity\?before=\d+)"', page)
    assert older
    assert "&lt;script&gt;0&lt;/script&gt;" in browser.get(older[1]).text
