"""From Intercom's app store to a workspace that works, and all the ways in which that goes wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.domain.workspace import Workspace
from app.services import services
from app.storage.database import transaction
from app.storage.models import AdminSession, AuditRecord, OauthState
from app.storage.models import Workspace as Row
from app.usecases.connection import disconnect
from app.usecases.purge import purge
from tests.admin_driver import Browser
from tests.conftest import MakeApp
from tests.http.admin.conftest import PUBLIC_URL
from tests.http.admin.fake_intercom import CLIENT_ID, FakeIntercom, Person, state_of

ROSA = Person("4410021", "Rosa Teammate", "acme1")
DONE = "https://app.eu.intercom.com/appstore/redirect?install_success=true"


def begin(browser: Browser, region: str = "eu") -> str:
    """Ask to install, and be sent to Intercom's consent page. Answers where."""
    answer = browser.get(f"/intercom/install?region={region}")
    assert answer.status_code == 303
    return str(answer.location)


def install(browser: Browser, intercom: FakeIntercom, person: Person = ROSA, region: str = "eu") -> TestResponse:
    state = state_of(begin(browser, region))
    return browser.get(f"/intercom/callback?code={quote(intercom.consent(person))}&state={state}")


def stored(app: Flask, app_id: str = "acme1") -> Workspace | None:
    with app.app_context(), transaction() as connection:
        return services().workspaces.get(connection, app_id)


def recorded(app: Flask) -> list[tuple[str, str | None, dict[str, Any]]]:
    with app.app_context(), transaction() as connection:
        rows = connection.execute(select(AuditRecord).order_by(AuditRecord.id))
        return [(row.action, row.admin_id, row.details) for row in rows]


@pytest.mark.parametrize(
    ("region", "host"),
    [("us", "app.intercom.com"), ("eu", "app.eu.intercom.com"), ("au", "app.au.intercom.com")],
)
def test_an_admin_is_sent_to_the_consent_page_of_their_region(public_app: Flask, region: str, host: str) -> None:
    sent = urlsplit(begin(Browser(public_app), region))
    assert (sent.scheme, sent.netloc, sent.path) == ("https", host, "/oauth")
    asked = parse_qs(sent.query)
    assert asked["client_id"] == [CLIENT_ID]
    assert asked["redirect_uri"] == [f"{PUBLIC_URL}/intercom/callback"]
    assert len(asked["state"][0]) >= 43
    assert set(asked) == {"client_id", "redirect_uri", "state"}


@pytest.mark.parametrize("query", ["", "?region=", "?region=mars", "?region=us&region=eu%0d%0aSet-Cookie:a=b"])
def test_an_admin_who_names_no_region_is_asked(public_app: Flask, query: str) -> None:
    answer = Browser(public_app).get(f"/intercom/install{query}")
    if answer.status_code == 303:
        assert answer.location.startswith("https://app.intercom.com/oauth?")
        return
    for region in ("us", "eu", "au"):
        assert f"/intercom/install?region={region}" in answer.text


@pytest.mark.parametrize("name", ["access_token", "token"])
def test_an_install_stores_the_workspace_and_ends_at_intercom(
    public_app: Flask, intercom: FakeIntercom, name: str
) -> None:
    intercom.token_field = name
    browser = Browser(public_app)
    answer = install(browser, intercom)
    assert (answer.status_code, answer.location) == (303, DONE)
    workspace = stored(public_app)
    assert workspace is not None
    assert intercom.people[str(workspace.token)] is ROSA
    assert (workspace.region, workspace.name, workspace.timezone) == ("eu", "acme1 Ltd", "Europe/Dublin")
    assert workspace.admin_id == ROSA.id
    assert workspace.is_connected
    assert intercom.attributes == ["kinbox_channel"]
    assert recorded(public_app) == [
        ("installed", ROSA.id, {"region": "eu"}),
        ("signed_in", ROSA.id, {}),
    ]


def test_the_token_is_nowhere_in_the_database_in_clear(public_app: Flask, intercom: FakeIntercom) -> None:
    install(Browser(public_app), intercom)
    workspace = stored(public_app)
    assert workspace is not None
    with public_app.app_context(), transaction() as connection:
        sealed = connection.execute(select(Row.encrypted_token)).scalar_one()
    assert str(workspace.token) not in str(sealed)


def test_whoever_installs_is_signed_in(public_app: Flask, intercom: FakeIntercom) -> None:
    browser = Browser(public_app)
    install(browser, intercom)
    page = browser.get("/admin/")
    assert page.status_code == 200
    assert "acme1 Ltd" in page.text


def test_an_installer_whose_email_is_not_verified_is_not_signed_in(public_app: Flask, intercom: FakeIntercom) -> None:
    browser = Browser(public_app)
    answer = install(browser, intercom, Person("77", "Nobody Yet", "acme1", email_verified=False))
    assert answer.location == DONE
    assert stored(public_app) is not None
    assert browser.get("/admin/").status_code == 303
    assert recorded(public_app)[-1] == ("sign_in_refused", "77", {"why": "email_not_verified"})


@pytest.mark.parametrize("told", ["US", "us", "mars", None, 7])
def test_the_region_is_intercom_s_word_or_else_the_admin_s(
    public_app: Flask, intercom: FakeIntercom, told: object
) -> None:
    intercom.regions["acme1"] = told
    install(Browser(public_app), intercom, region="au")
    workspace = stored(public_app)
    assert workspace is not None
    assert workspace.region == ("us" if str(told).lower() == "us" else "au")


def test_installing_again_replaces_the_token_and_keeps_what_the_team_chose(
    public_app: Flask, intercom: FakeIntercom
) -> None:
    install(Browser(public_app), intercom)
    first = stored(public_app)
    assert first is not None
    with public_app.app_context(), transaction(write=True) as connection:
        services().workspaces.save(connection, first.change("country", "IE").change("name", "Ours"), datetime.now(UTC))
    install(Browser(public_app), intercom, Person("5150", "Somebody Else", "acme1"))
    second = stored(public_app)
    assert second is not None
    assert second.token != first.token
    assert (second.settings.country, second.name, second.admin_id) == ("IE", "Ours", ROSA.id)
    assert ("installed_again", "5150", {"region": "eu"}) in recorded(public_app)


def test_what_was_forgotten_after_an_uninstall_comes_from_intercom_again(
    public_app: Flask, intercom: FakeIntercom
) -> None:
    install(Browser(public_app), intercom)
    left_at = datetime.now(UTC) - timedelta(days=200)
    with public_app.app_context():
        with transaction(write=True) as connection:
            assert services().workspaces.forget_token(connection, "acme1", left_at)
        assert purge(services().workspaces, datetime.now(UTC), lambda: True).workspaces == 1
    install(Browser(public_app), intercom, Person("5150", "Somebody Else", "acme1"))
    workspace = stored(public_app)
    assert workspace is not None
    assert (workspace.name, workspace.timezone, workspace.admin_id) == ("acme1 Ltd", "Europe/Dublin", "5150")


def test_installing_after_an_uninstall_connects_again(public_app: Flask, intercom: FakeIntercom) -> None:
    install(Browser(public_app), intercom)
    with public_app.app_context():
        assert disconnect(services().workspaces, "acme1", by=None, at=datetime.now(UTC))
    gone = stored(public_app)
    assert gone is not None
    assert gone.token is None
    install(Browser(public_app), intercom)
    back = stored(public_app)
    assert back is not None
    assert back.is_connected
    assert back.uninstalled_at is None


def test_two_workspaces_have_their_own_tokens_and_admins(public_app: Flask, intercom: FakeIntercom) -> None:
    here, there = Browser(public_app), Browser(public_app)
    install(here, intercom)
    answer = install(there, intercom, Person("815", "Beko Boss", "beko1"), region="us")
    assert answer.location == "https://app.intercom.com/appstore/redirect?install_success=true"
    assert "acme1 Ltd" in here.get("/admin/").text
    assert "beko1 Ltd" in there.get("/admin/").text
    ours, theirs = stored(public_app), stored(public_app, "beko1")
    assert ours is not None
    assert theirs is not None
    assert ours.token != theirs.token


def failed(answer: TestResponse) -> str:
    """Intercom's own page for a failed install; answers what it says."""
    assert answer.status_code == 303
    sent = urlsplit(str(answer.location))
    assert (sent.netloc, sent.path) == ("app.eu.intercom.com", "/appstore/redirect")
    told = parse_qs(sent.query)
    assert told["install_success"] == ["false"]
    return told["error_message"][0]


def test_an_admin_who_declines_is_told_so_at_intercom(public_app: Flask) -> None:
    browser = Browser(public_app)
    state = state_of(begin(browser))
    assert "cancelled" in failed(browser.get(f"/intercom/callback?error=access_denied&state={state}"))
    assert stored(public_app) is None


def test_a_code_that_intercom_does_not_accept_stores_nothing(public_app: Flask) -> None:
    browser = Browser(public_app)
    state = state_of(begin(browser))
    assert "again" in failed(browser.get(f"/intercom/callback?code=made-up&state={state}"))
    assert stored(public_app) is None


@pytest.mark.parametrize("path", ["/auth/eagle/token", "/me"])
def test_an_intercom_that_is_down_stores_nothing(public_app: Flask, intercom: FakeIntercom, path: str) -> None:
    intercom.broken.add(path)
    assert "could not be reached" in failed(install(Browser(public_app), intercom))
    assert stored(public_app) is None


def test_an_attribute_that_cannot_be_made_does_not_stop_an_install(public_app: Flask, intercom: FakeIntercom) -> None:
    intercom.broken.add("/data_attributes")
    assert install(Browser(public_app), intercom).location == DONE
    assert stored(public_app) is not None


def test_a_workspace_of_the_environment_is_not_overridden(
    make_app_on_each: MakeApp, public_settings: dict[str, str], intercom: FakeIntercom
) -> None:
    app = make_app_on_each(
        **public_settings,
        INTERCOM_ACCESS_TOKEN="dG9rOprivate-of-these-tests",
        INTERCOM_WORKSPACE_ID="acme1",
        INTERCOM_REGION="eu",
    )
    assert "INTERCOM_ACCESS_TOKEN" in failed(install(Browser(app), intercom))
    with app.app_context(), transaction() as connection:
        assert connection.execute(select(Row)).all() == []
        assert connection.execute(select(AdminSession)).all() == []
    workspace = stored(app)
    assert workspace is not None
    assert workspace.token == "dG9rOprivate-of-these-tests"


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({}, ("INTERCOM_CLIENT_ID", "KINBOX_PUBLIC_URL")),
        ({"INTERCOM_CLIENT_ID": "abc"}, ("KINBOX_PUBLIC_URL",)),
        ({"KINBOX_PUBLIC_URL": "https://kinbox.example.com"}, ("INTERCOM_CLIENT_ID",)),
    ],
)
@pytest.mark.parametrize("path", ["/intercom/install", "/intercom/callback?code=a&state=b", "/admin/sign-in"])
def test_without_its_settings_a_page_says_which_are_missing(
    make_app: MakeApp, settings: dict[str, str], missing: tuple[str, ...], path: str
) -> None:
    answer = Browser(make_app(**settings)).get(path)
    assert answer.status_code == 503
    named = {name for name in ("INTERCOM_CLIENT_ID is not", "KINBOX_PUBLIC_URL is not") if name in answer.text}
    assert named == {f"{name} is not" for name in missing}


def test_the_sandbox_s_address_takes_the_place_of_intercom_s_pages(
    make_app: MakeApp, public_settings: dict[str, str], intercom: FakeIntercom
) -> None:
    browser = Browser(make_app(**public_settings, INTERCOM_APP_URL="http://127.0.0.1:9/pages"))
    assert begin(browser).startswith("http://127.0.0.1:9/pages/oauth?")
    assert install(browser, intercom).location == "http://127.0.0.1:9/pages/appstore/redirect?install_success=true"


def test_an_install_while_the_client_secret_is_being_changed(
    make_app: MakeApp, public_settings: dict[str, str], intercom: FakeIntercom, environment: dict[str, str]
) -> None:
    both = f"the-new-secret-of-tomorrow,{environment['INTERCOM_CLIENT_SECRET']}"
    browser = Browser(make_app(**public_settings, INTERCOM_CLIENT_SECRET=both))
    assert install(browser, intercom).location == DONE


def test_states_that_nobody_came_back_for_are_forgotten(public_app: Flask, intercom: FakeIntercom) -> None:
    browser = Browser(public_app)
    begin(browser)
    with public_app.app_context(), transaction(write=True) as connection:
        connection.execute(update(OauthState).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    begin(browser)
    with public_app.app_context(), transaction() as connection:
        assert len(connection.execute(select(OauthState)).all()) == 1
