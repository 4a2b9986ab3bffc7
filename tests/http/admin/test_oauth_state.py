"""The state that goes along to Intercom and back: good once, for ten minutes, in the browser it was made for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.storage.database import transaction
from app.storage.models import OauthState
from app.storage.models import Workspace as Row
from tests.admin_driver import Browser
from tests.http.admin.conftest import ACME, BEKO, with_workspaces
from tests.http.admin.fake_intercom import FakeIntercom, Person
from tests.http.admin.test_sign_in import ROSA, begin, come_back, is_in, sessions


@pytest.fixture
def kinbox(public_app: Flask) -> Flask:
    """Kinbox as a public app, installed in two workspaces."""
    return with_workspaces(public_app)


def test_a_state_is_good_once(browser: Browser, intercom: FakeIntercom) -> None:
    state = begin(browser)
    assert come_back(browser, intercom.consent(ROSA), state).status_code == 303
    calls = list(intercom.calls)
    again = come_back(browser, intercom.consent(ROSA), state)
    assert again.status_code == 400
    assert "Please begin again" in again.text
    assert intercom.calls == calls


def test_of_two_callbacks_at_once_one_is_taken(browser: Browser, intercom: FakeIntercom) -> None:
    state = begin(browser)
    cookie = browser.client.get_cookie("__Host-kinbox")
    assert cookie is not None
    together = Barrier(4)

    def race(code: str) -> int:
        other = Browser(browser.app)
        other.client.set_cookie("__Host-kinbox", cookie.value)
        together.wait()
        return come_back(other, code, state).status_code

    with ThreadPoolExecutor(4) as pool:
        codes = [intercom.consent(ROSA) for _ in range(4)]
        assert sorted(pool.map(race, codes)) == [303, 400, 400, 400]
    assert sessions(browser.app) == [ACME.id]


def test_a_state_is_worth_nothing_in_another_browser(browser: Browser, intercom: FakeIntercom) -> None:
    """Or else an attacker's code would sign a victim in as the attacker, or install the attacker's workspace."""
    state = begin(browser)
    other = Browser(browser.app)
    begin(other)
    assert come_back(other, intercom.consent(ROSA), state).status_code == 400
    assert not is_in(other)
    assert come_back(Browser(browser.app), intercom.consent(ROSA), state).status_code == 400
    assert intercom.calls == []


def test_a_state_is_good_for_ten_minutes(browser: Browser, intercom: FakeIntercom) -> None:
    state = begin(browser)
    with browser.app.app_context(), transaction(write=True) as connection:
        [until] = connection.execute(select(OauthState.expires_at)).scalars()
        assert timedelta(minutes=9) < until - datetime.now(UTC) <= timedelta(minutes=10)
        connection.execute(update(OauthState).values(expires_at=datetime.now(UTC)))
    answer = come_back(browser, intercom.consent(ROSA), state)
    assert answer.status_code == 400
    assert "ten minutes" in answer.text
    assert intercom.calls == []


@pytest.mark.parametrize("state", ["", "made-up", "\x00", "é" * 300, "' OR 1=1 --"])
def test_a_state_that_we_did_not_make_is_worth_nothing(browser: Browser, intercom: FakeIntercom, state: str) -> None:
    begin(browser)
    assert come_back(browser, intercom.consent(ROSA), state).status_code == 400
    assert intercom.calls == []


def test_a_state_of_a_sign_in_installs_nothing(browser: Browser, intercom: FakeIntercom) -> None:
    state = begin(browser)
    intercom.regions["other9"] = "EU"
    come_back(browser, intercom.consent(Person("1", "Eve", "other9")), state)
    with browser.app.app_context(), transaction() as connection:
        assert set(connection.execute(select(Row.id)).scalars()) == {ACME.id, BEKO.id}


def test_the_database_holds_neither_the_state_nor_the_browser_s_secret(browser: Browser) -> None:
    state = begin(browser)
    with browser.client.session_transaction() as session:
        secret = session["browser"]
    with browser.app.app_context(), transaction() as connection:
        [row] = connection.execute(select(OauthState)).mappings()
    assert state not in str(row)
    assert secret not in str(row)
