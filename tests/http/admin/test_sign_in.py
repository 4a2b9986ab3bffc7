"""Signing in with Intercom: who may, who may not, and what an attacker can do with the way there and back."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.http.admin.return_paths import local_path
from app.services import services
from app.storage.database import DatabaseUnavailable, transaction
from app.storage.models import AdminSession, AuditRecord
from app.storage.models import Workspace as Row
from app.usecases.connection import disconnect
from tests.admin_driver import Browser
from tests.http.admin.conftest import ACME, BEKO, with_workspaces
from tests.http.admin.fake_intercom import FakeIntercom, Person, state_of

ROSA = Person("4410021", "Rosa Teammate", ACME.id)


@pytest.fixture
def kinbox(public_app: Flask) -> Flask:
    """Kinbox as a public app, installed in two workspaces."""
    return with_workspaces(public_app)


def begin(browser: Browser, where: str = "/admin/sign-in?region=eu") -> str:
    answer = browser.get(where)
    assert answer.status_code == 303
    assert answer.location.startswith("https://app.eu.intercom.com/oauth?")
    return state_of(answer.location)


def come_back(browser: Browser, code: str, state: str) -> TestResponse:
    return browser.get(f"/intercom/callback?code={quote(code)}&state={quote(state)}")


def sign_in(browser: Browser, intercom: FakeIntercom, person: Person = ROSA) -> TestResponse:
    return come_back(browser, intercom.consent(person), begin(browser))


def is_in(browser: Browser) -> bool:
    return browser.get("/admin/").status_code == 200


def sessions(app: Flask) -> list[str]:
    with app.app_context(), transaction() as connection:
        return list(connection.execute(select(AdminSession.workspace_id)).scalars())


def last_record(app: Flask) -> tuple[str, str, str | None, object]:
    with app.app_context(), transaction() as connection:
        row = connection.execute(select(AuditRecord).order_by(AuditRecord.id.desc()).limit(1)).one()
        return row.workspace_id, row.action, row.admin_id, row.details


def test_an_admin_signs_in_and_comes_to_the_first_page(browser: Browser, intercom: FakeIntercom) -> None:
    answer = sign_in(browser, intercom)
    assert (answer.status_code, answer.location) == (303, "/admin/")
    assert is_in(browser)
    assert last_record(browser.app) == (ACME.id, "signed_in", ROSA.id, {})


def test_the_token_of_a_sign_in_is_asked_once_and_kept_nowhere(browser: Browser, intercom: FakeIntercom) -> None:
    sign_in(browser, intercom)
    token = [one for one, person in intercom.people.items() if person is ROSA]
    with browser.app.app_context(), transaction() as connection:
        workspace = services().workspaces.get(connection, ACME.id)
    assert workspace is not None
    assert workspace.token == ACME.token
    assert len(token) == 1
    assert intercom.calls == ["POST /auth/eagle/token", "GET /me", "GET /admins"]


def test_the_sign_in_page_says_nothing_of_any_workspace(browser: Browser) -> None:
    page = browser.get("/admin/sign-in")
    assert page.status_code == 200
    assert "/admin/sign-in?region=eu" in page.text
    assert "/admin/sign-in?region=us" in page.text
    assert "region=au" not in page.text  # nobody is there
    for text in (ACME.id, "Acme", BEKO.id, "Beko"):
        assert text not in page.text


def test_with_no_workspace_the_sign_in_page_leads_to_the_install(public_app: Flask) -> None:
    page = Browser(public_app).get("/admin/sign-in")
    assert "/intercom/install" in page.text


def test_an_email_that_is_not_verified_does_not_get_in(browser: Browser, intercom: FakeIntercom) -> None:
    answer = sign_in(browser, intercom, Person(ROSA.id, ROSA.name, ACME.id, email_verified=False))
    assert answer.status_code == 403
    assert "not verified" in answer.text
    assert not is_in(browser)
    assert last_record(browser.app) == (ACME.id, "sign_in_refused", ROSA.id, {"why": "email_not_verified"})


def test_somebody_of_a_workspace_that_we_do_not_serve_does_not_get_in(browser: Browser, intercom: FakeIntercom) -> None:
    intercom.regions["other9"] = "EU"
    answer = sign_in(browser, intercom, Person(ROSA.id, ROSA.name, "other9"))
    assert answer.status_code == 403
    assert "/intercom/install" in answer.text
    assert not is_in(browser)


def test_an_admin_of_one_workspace_gets_into_that_one_only(browser: Browser, intercom: FakeIntercom) -> None:
    sign_in(browser, intercom, Person("815", "Beko Boss", BEKO.id))
    page = browser.get("/admin/").text
    assert "Beko Bikes" in page
    assert "Acme" not in page
    assert sessions(browser.app) == [BEKO.id]


def test_somebody_who_is_no_teammate_any_more_does_not_get_in(browser: Browser, intercom: FakeIntercom) -> None:
    intercom.lists_newcomers = False
    intercom.admins[ACME.id] = ["9000"]
    answer = sign_in(browser, intercom)
    assert answer.status_code == 403
    assert "not among the teammates" in answer.text
    assert not is_in(browser)


def test_nobody_gets_into_a_workspace_whose_token_is_dead(browser: Browser, intercom: FakeIntercom) -> None:
    intercom.dead_tokens.add(str(ACME.token))
    answer = sign_in(browser, intercom)
    assert answer.status_code == 403
    assert "install Kinbox again" in answer.text
    assert not is_in(browser)


def test_nobody_gets_into_a_workspace_that_uninstalled(browser: Browser, intercom: FakeIntercom) -> None:
    sign_in(browser, intercom)
    assert is_in(browser)
    with browser.app.app_context():
        disconnect(services().workspaces, ACME.id, by=None, at=datetime.now(UTC))
    assert not is_in(browser)
    assert sessions(browser.app) == []
    assert sign_in(browser, intercom).status_code == 403


def test_a_session_that_was_planted_before_the_sign_in_is_worth_nothing(
    browser: Browser, intercom: FakeIntercom
) -> None:
    """Session fixation: the attacker gets the victim to sign in on a cookie that the attacker knows."""
    attacker = Browser(browser.app)
    attacker.sign_in(BEKO.id)
    planted = attacker.client.get_cookie("__Host-kinbox")
    assert planted is not None
    browser.client.set_cookie("__Host-kinbox", planted.value)
    sign_in(browser, intercom)
    assert "Acme" in browser.get("/admin/").text
    after = browser.client.get_cookie("__Host-kinbox")
    assert after is not None
    assert after.value != planted.value
    assert not is_in(attacker)  # what was planted is ended, and never became the victim's
    assert sessions(browser.app) == [ACME.id]


def test_each_sign_in_has_an_id_and_a_csrf_token_of_its_own(browser: Browser, intercom: FakeIntercom) -> None:
    sign_in(browser, intercom)
    first, token = browser.client.get_cookie("__Host-kinbox"), browser.token()
    sign_in(browser, intercom)
    second = browser.client.get_cookie("__Host-kinbox")
    assert first is not None
    assert second is not None
    with browser.client.session_transaction() as session:
        assert len(session["id"]) >= 43
    browser.get("/admin/")
    assert browser.client.post("/admin/sign-out", data={"csrf_token": token}).status_code == 400
    assert sessions(browser.app) == [ACME.id]


def test_somebody_who_declines_is_told_so(browser: Browser) -> None:
    state = begin(browser)
    answer = browser.get(f"/intercom/callback?error=access_denied&state={state}")
    assert answer.status_code == 403
    assert "cancelled" in answer.text


def test_after_the_sign_in_one_comes_to_the_page_that_was_asked_for(browser: Browser, intercom: FakeIntercom) -> None:
    state = begin(browser, "/admin/sign-in?region=eu&next=/admin/channels/5")
    assert come_back(browser, intercom.consent(ROSA), state).location == "/admin/channels/5"


ELSEWHERE = (
    "https://evil.example/admin/",
    "//evil.example/admin/",
    "/\\evil.example",
    "/admin/../../evil",
    "/admin//evil.example",
    "/admin/%2e%2e/",
    "/admin/x?next=//evil.example",
    "/admin/x#y",
    "/admin/\r\nSet-Cookie: a=b",
    "/admin\\evil",
    "/adminevil",
    "/intercom/install",
    "javascript:alert(1)",
    "/admin/" + "a" * 300,
    "/admin/ａ",
    "",
)


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_sign_in_leads_nowhere_else(browser: Browser, intercom: FakeIntercom, path: str) -> None:
    state = begin(browser, f"/admin/sign-in?region=eu&next={quote(path)}")
    assert come_back(browser, intercom.consent(ROSA), state).location == "/admin/"


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_path_that_is_not_ours_is_none(path: str) -> None:
    assert local_path(path) is None


def test_pages_on_the_way_keep_and_tell_nobody_anything(
    browser: Browser, intercom: FakeIntercom, log_lines: list[dict[str, object]]
) -> None:
    state, code = begin(browser), intercom.consent(ROSA)
    answers = [come_back(browser, code, state), come_back(browser, code, state), browser.get("/admin/sign-in")]
    for answer in answers:
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        for secret in (state, code, str(ACME.token), "rosa@shop.example", *intercom.people):
            assert secret not in answer.text
    logged = str(log_lines)
    for secret in (state, code, ROSA.name, "rosa@shop.example", *intercom.people):
        assert secret not in logged
    assert "/intercom/callback" in logged


@pytest.mark.parametrize("path", ["/admin/sign-in", "/admin/sign-in?region=eu", "/intercom/install?region=eu"])
def test_a_database_that_does_not_answer_is_told_on_a_page(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def unavailable(*_: object, **__: object) -> None:
        raise DatabaseUnavailable(begun=False)

    for module in ("app.usecases.authorize", "app.http.admin.sign_in"):
        monkeypatch.setattr(f"{module}.transaction", unavailable)
    answer = browser.get(path)
    assert answer.status_code == 503
    assert "does not answer" in answer.text


def test_a_stored_token_that_no_key_opens_lets_nobody_in(browser: Browser, intercom: FakeIntercom) -> None:
    with browser.app.app_context(), transaction(write=True) as connection:
        connection.execute(update(Row).where(Row.id == ACME.id).values(encrypted_token="sealed with a lost key"))
    answer = sign_in(browser, intercom)
    assert answer.status_code == 503
    assert "cannot be read" in answer.text
    assert not is_in(browser)
