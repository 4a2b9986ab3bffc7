"""Settings in the browser: what is typed is kept, what is wrong is told beside its field, each change is on record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import responses
from flask import Flask

from app.domain.setting_table import FACTS, SETTINGS
from app.domain.workspace import Workspace
from app.services import services
from app.storage.database import transaction
from tests.admin_driver import Browser
from tests.http.admin.conftest import ACME, BEKO

EU = "https://api.eu.intercom.io"
ADMINS = [{"type": "admin", "id": "814860", "name": "Bo <Ek>"}, {"type": "admin", "id": "814861", "name": "Cy Dee"}]
TEAMS = [{"type": "team", "id": "7001", "name": "Sales & Co"}]
HIDDEN = re.compile(r'<input type="hidden" name="(was\.[a-z_]+)" value="([^"]*)">')


@pytest.fixture
def intercom() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{EU}/admins", json={"type": "admin.list", "admins": ADMINS})
        mock.get(f"{EU}/teams", json={"type": "team.list", "teams": TEAMS})
        yield mock


@pytest.fixture
def offline() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{EU}/admins", status=401, json={"errors": []})
        yield mock


@pytest.fixture
def rosa(browser: Browser) -> Browser:
    browser.sign_in(ACME.id)
    return browser


def stored(app: Flask, workspace_id: str = ACME.id) -> Workspace:
    with app.app_context(), transaction() as connection:
        found = services().workspaces.get(connection, workspace_id)
    assert found is not None
    return found


def form(page: str, **typed: Any) -> dict[str, Any]:
    """What a browser sends when only these fields were touched: the hidden ones, and those."""
    was = dict(HIDDEN.findall(page))
    untouched = {key.removeprefix("was."): value for key, value in was.items()}
    return {**was, **untouched, **typed}


def test_every_setting_has_a_field_with_its_explanation(rosa: Browser, offline: responses.RequestsMock) -> None:
    page = rosa.get("/admin/settings").text
    for setting in (*SETTINGS, *FACTS):
        assert f'name="was.{setting.key}"' in page
        assert f'id="{setting.key}"' in page
        if setting.kind in {"flag", "number"}:
            assert setting.explanation.partition("`")[0] in page


def test_settings_are_saved_told_and_on_record(kinbox: Flask, rosa: Browser, offline: responses.RequestsMock) -> None:
    page = rosa.get("/admin/settings").text
    typed = form(page, country="ie", new_conversation_after_hours=" 24 ", mark_as_seen="yes")
    answer = rosa.post("/admin/settings", typed, page="/admin/settings")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/settings")
    settings = stored(kinbox).settings
    assert (settings.country, settings.new_conversation_after_hours, settings.mark_as_seen) == ("IE", 24, True)
    after = rosa.get("/admin/settings").text
    assert "Saved: Default country, New conversation after (hours), Mark as seen." in after
    history = after.partition("What was changed")[2]
    assert "Rosa Teammate" in history
    assert "336" in history
    assert "changed the setting “Default country” from none to IE" in rosa.get("/admin/activity").text
    assert stored(kinbox, BEKO.id).settings.country is None
    rosa.post("/admin/settings", form(after, country=""))
    assert stored(kinbox).settings.country is None


def test_one_fault_changes_nothing_and_keeps_what_was_typed(
    kinbox: Flask, rosa: Browser, offline: responses.RequestsMock
) -> None:
    page = rosa.get("/admin/settings").text
    typed = form(page, country="Ireland", cda_prefix="shop", timezone='"><script>')
    answer = rosa.post("/admin/settings", typed)
    assert answer.status_code == 422
    assert 'id="country-fault"' in answer.text
    assert "It is a two-letter ISO code" in answer.text
    assert 'id="timezone-fault"' in answer.text
    assert 'value="Ireland"' in answer.text
    assert 'value="shop"' in answer.text
    assert "2 things need your attention" in answer.text
    assert "<script" not in answer.text
    assert stored(kinbox).settings == ACME.settings


def test_an_old_form_undoes_nothing(kinbox: Flask, rosa: Browser, offline: responses.RequestsMock) -> None:
    old = form(rosa.get("/admin/settings").text, priority="user")
    rosa.post("/admin/settings", form(rosa.get("/admin/settings").text, country="DE"))
    rosa.post("/admin/settings", old)
    settings = stored(kinbox).settings
    assert (settings.country, settings.priority) == ("DE", "user")


def test_a_form_that_changes_nothing_says_so(kinbox: Flask, rosa: Browser, offline: responses.RequestsMock) -> None:
    rosa.post("/admin/settings", form(rosa.get("/admin/settings").text))
    page = rosa.get("/admin/settings").text
    assert "Nothing was changed: everything was set so already." in page
    assert "Nothing was changed yet." in page


def test_people_are_chosen_by_name(kinbox: Flask, rosa: Browser, intercom: responses.RequestsMock) -> None:
    page = rosa.get("/admin/settings").text
    assert "Bo &lt;Ek&gt;" in page
    assert "Team Sales &amp; Co" in page
    untouched = form(page)
    del untouched["mergers"]
    typed = {**untouched, "assign_to": "team:7001", "mergers.choice": "these", "mergers.one": "814861"}
    rosa.post("/admin/settings", typed)
    settings = stored(kinbox).settings
    assert settings.assign_to == "team:7001"
    assert settings.mergers == ("814861",)
    again = rosa.get("/admin/settings").text
    assert '<option value="team:7001" selected>' in again
    assert re.search(r'name="mergers.one" value="814861" checked', again)


def test_only_those_ticked_needs_a_tick(kinbox: Flask, rosa: Browser, intercom: responses.RequestsMock) -> None:
    untouched = form(rosa.get("/admin/settings").text)
    del untouched["mergers"]
    answer = rosa.post("/admin/settings", {**untouched, "mergers.choice": "these"})
    assert answer.status_code == 422
    assert "Tick at least one admin" in answer.text
    assert stored(kinbox).settings.mergers is None


def test_who_left_intercom_stays_chosen_until_somebody_else_is(
    kinbox: Flask, rosa: Browser, intercom: responses.RequestsMock
) -> None:
    gone = replace(ACME.settings, mergers=("814999",), assign_to="admin:814999")
    with kinbox.app_context(), transaction(write=True) as connection:
        services().workspaces.save(connection, replace(ACME, settings=gone), datetime.now(UTC))
    page = rosa.get("/admin/settings").text
    assert "Admin 814999, whom Intercom does not name" in page
    assert "admin:814999, which Intercom does not name" in page


def test_without_intercom_ids_are_typed(kinbox: Flask, rosa: Browser, offline: responses.RequestsMock) -> None:
    page = rosa.get("/admin/settings").text
    assert "teammates and teams are typed by their ids" in page
    rosa.post("/admin/settings", form(page, mergers="814860,814861", assign_to="admin:814860"))
    settings = stored(kinbox).settings
    assert (settings.mergers, settings.assign_to) == (("814860", "814861"), "admin:814860")


def test_tags_are_named_by_channel(kinbox: Flask, rosa: Browser, offline: responses.RequestsMock) -> None:
    untouched = form(rosa.get("/admin/settings").text)
    rosa.post("/admin/settings", {**untouched, "tag_names.telegram": " TG ", "tag_names.twilio": "Text messages"})
    assert stored(kinbox).settings.tag_names == {"telegram": "TG", "twilio": "Text messages"}
    page = rosa.get("/admin/settings").text
    bad = {**form(page), "tag_names.telegram": "a,b", "tag_names.twilio": "Text messages"}
    answer = rosa.post("/admin/settings", bad)
    assert answer.status_code == 422
    assert 'value="a,b"' in answer.text
    assert 'id="tag_names-fault"' in answer.text
