"""Who gets to see the admin page, and what a form must bring along."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.domain.teammate import Teammate
from app.storage import admin_sessions
from app.storage.database import transaction
from app.storage.models import AdminSession, Workspace
from tests.admin_driver import Browser
from tests.conftest import MakeApp
from tests.http.admin.conftest import ACME, BEKO, OpenBrowser


def test_nobody_sees_a_page_without_signing_in(browser: Browser) -> None:
    answer = browser.get("/admin/")
    assert answer.status_code == 303
    assert answer.location == "/admin/sign-in?next=/admin/"
    assert ACME.name not in answer.text
    assert browser.client.post("/admin/sign-out").location == "/admin/sign-in"


def test_a_page_says_who_is_signed_in_where(browser: Browser) -> None:
    browser.sign_in(ACME.id, Teammate("4410021", "Rosa <b>Teammate</b>"))
    page = browser.get("/admin/")
    assert page.status_code == 200
    assert "Rosa &lt;b&gt;Teammate&lt;/b&gt;" in page.text
    assert "Acme &lt;Furniture&gt;" in page.text
    assert "Beko" not in page.text


def test_a_page_shows_no_secret(browser: Browser) -> None:
    session_id = browser.sign_in(ACME.id)
    page = browser.get("/admin/").text
    assert session_id not in page
    assert str(ACME.token) not in page


def test_browsers_of_two_workspaces_see_their_own(open_browser: OpenBrowser) -> None:
    here, there = open_browser(), open_browser()
    here.sign_in(ACME.id)
    there.sign_in(BEKO.id)
    assert "Beko Bikes" in there.get("/admin/").text
    assert "Beko Bikes" not in here.get("/admin/").text


@pytest.mark.parametrize("session_id", ["made-up", "", "\x00", 5, None])
def test_an_id_that_we_did_not_give_out_signs_nobody_in(browser: Browser, session_id: object) -> None:
    with browser.client.session_transaction() as session:
        session["id"] = session_id
    assert browser.get("/admin/").status_code == 303


def test_a_cookie_that_we_did_not_sign_is_worth_nothing(browser: Browser, kinbox: Flask) -> None:
    browser.sign_in(ACME.id)
    cookie = browser.client.get_cookie("kinbox")
    assert cookie is not None
    for forged in (cookie.value[:-2] + "AA", cookie.value.partition(".")[0], ""):
        browser.client.set_cookie("kinbox", forged)
        assert browser.get("/admin/").status_code == 303


def test_a_session_ends_by_itself(browser: Browser) -> None:
    browser.sign_in(ACME.id, hours=0)
    assert browser.get("/admin/").status_code == 303


def test_signing_out_ends_the_session_wherever_its_cookie_went(browser: Browser, open_browser: OpenBrowser) -> None:
    session_id = browser.sign_in(ACME.id)
    thief = open_browser()
    with thief.client.session_transaction() as session:
        session["id"] = session_id
    assert thief.get("/admin/").status_code == 200
    told = browser.post("/admin/sign-out")
    assert "You are signed out" in told.text
    assert "Acme" not in told.text
    assert browser.get("/admin/").status_code == 303
    assert thief.get("/admin/").status_code == 303


def test_a_session_ends_with_its_workspace(browser: Browser) -> None:
    browser.sign_in(ACME.id)
    with browser.app.app_context(), transaction(write=True) as connection:
        connection.execute(update(Workspace).where(Workspace.id == ACME.id).values(uninstalled_at=datetime.now(UTC)))
    assert browser.get("/admin/").status_code == 303


def test_all_sessions_of_one_workspace_can_be_ended(open_browser: OpenBrowser) -> None:
    first, second, other = open_browser(), open_browser(), open_browser()
    first.sign_in(ACME.id)
    second.sign_in(ACME.id)
    other.sign_in(BEKO.id)
    with first.app.app_context(), transaction(write=True) as connection:
        assert admin_sessions.end_all(connection, ACME.id) == 2
    assert [one.get("/admin/").status_code for one in (first, second, other)] == [303, 303, 200]


def test_the_table_holds_no_session_s_id_and_no_old_session(browser: Browser) -> None:
    browser.sign_in(BEKO.id, hours=-1)
    session_id = browser.sign_in(ACME.id)
    with browser.app.app_context(), transaction() as connection:
        rows = connection.execute(select(AdminSession)).mappings().all()
    assert [row["workspace_id"] for row in rows] == [ACME.id]
    assert session_id not in str(rows)


def test_a_form_without_a_token_changes_nothing(browser: Browser) -> None:
    browser.sign_in(ACME.id)
    browser.get("/admin/")
    refused = browser.client.post("/admin/sign-out")
    assert refused.status_code == 400
    assert "Please send that again" in refused.text
    assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize("token", ["", "wrong", "IjAi.aaaa.bbbb", "\x00"])
def test_a_form_with_a_wrong_token_changes_nothing(browser: Browser, token: str) -> None:
    browser.sign_in(ACME.id)
    browser.get("/admin/")
    assert browser.client.post("/admin/sign-out", data={"csrf_token": token}).status_code == 400
    assert browser.get("/admin/").status_code == 200


def test_another_session_s_token_changes_nothing(open_browser: OpenBrowser) -> None:
    victim, attacker = open_browser(), open_browser()
    victim.sign_in(ACME.id)
    attacker.sign_in(BEKO.id)
    victim.get("/admin/")
    stolen = {"csrf_token": attacker.token()}
    assert victim.client.post("/admin/sign-out", data=stolen).status_code == 400
    assert victim.get("/admin/").status_code == 200


def test_a_token_is_of_no_use_without_a_session(browser: Browser, open_browser: OpenBrowser) -> None:
    browser.sign_in(ACME.id)
    token = browser.token()
    assert open_browser().client.post("/admin/sign-out", data={"csrf_token": token}).status_code == 303


def test_pages_run_nothing_and_are_kept_and_framed_nowhere(browser: Browser) -> None:
    browser.sign_in(ACME.id)
    for answer in (browser.get("/admin/"), browser.client.post("/admin/sign-out"), Browser(browser.app).get("/admin/")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script" not in policy
        assert "unsafe" not in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "<script" not in answer.text
        assert " style=" not in answer.text


def test_the_style_sheet_is_there_for_everybody(browser: Browser) -> None:
    with browser.get("/admin/static/admin.css") as style:
        assert style.status_code == 200
        assert style.mimetype == "text/css"
    assert browser.get("/admin/static/../access.py").status_code == 404


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(browser: Browser) -> None:
    browser.sign_in(ACME.id)
    cookie = browser.get("/admin/").headers["Set-Cookie"]
    assert cookie.startswith("kinbox=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_over_https_the_cookie_is_for_this_host_and_https_alone(make_app: MakeApp) -> None:
    app = make_app(KINBOX_PUBLIC_URL="https://kinbox.example.com")
    with app.test_client() as client:
        with client.session_transaction() as session:
            session["id"] = "any"
        cookie = client.get("/admin/", base_url="https://kinbox.example.com").headers.get("Set-Cookie")
        assert cookie is None  # nothing changed, nothing sent
        assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")
        assert app.config["SESSION_COOKIE_SECURE"]
        assert app.config["SESSION_COOKIE_PATH"] == "/"
        assert app.config["SESSION_COOKIE_DOMAIN"] is None


def test_sessions_outlive_a_change_of_the_encryption_key(serve_keys: MakeApp) -> None:
    before = Browser(serve_keys(KINBOX_ENCRYPTION_KEYS="YDnEzyMolZ1L7zFhgaJ8JqzDRixv6vonl98fUI1QGuY="))
    session_id = before.sign_in("prv99")
    cookie = before.client.get_cookie("kinbox")
    assert cookie is not None
    new = "tGq4XGZlqGbBQyw4Y0sSD5gK8U4zJQ0eY0l3pZ2v3dA="
    after = Browser(serve_keys(KINBOX_ENCRYPTION_KEYS=f"{new},YDnEzyMolZ1L7zFhgaJ8JqzDRixv6vonl98fUI1QGuY="))
    after.client.set_cookie("kinbox", cookie.value)
    assert after.get("/admin/").status_code == 200
    without = Browser(serve_keys(KINBOX_ENCRYPTION_KEYS=new))
    without.client.set_cookie("kinbox", cookie.value)
    assert without.get("/admin/").status_code == 303
    assert session_id


@pytest.fixture
def serve_keys(make_app: MakeApp) -> MakeApp:
    """Builds apps of one private workspace, whose row need not be there."""
    private = {"INTERCOM_ACCESS_TOKEN": "dG9rOmprivate-of-these-tests", "INTERCOM_WORKSPACE_ID": "prv99"}
    return lambda **further: make_app(**private, **further)
