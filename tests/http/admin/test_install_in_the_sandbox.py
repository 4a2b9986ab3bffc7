"""The whole life of an install against the sandbox: consent, token, sign-in, health, uninstall, another workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask

from app.domain.workspace import Workspace
from app.sandbox import people, seed_eu
from app.sandbox.hub import App, Hub
from app.sandbox.outgoing import Answer
from app.sandbox.seed import furnished
from app.sandbox.server import create_sandbox
from app.sandbox.server import serve as serve_http
from app.sandbox.webhooks.sender import Webhooks
from app.sandbox.workspace import Account
from app.services import services
from app.storage.database import transaction
from tests.admin_driver import Browser
from tests.conftest import CLIENT_SECRET, MakeApp
from tests.http.admin.conftest import PUBLIC_URL
from tests.http.conftest import posting_to
from tests.sidebar_driver import ADMIN, Sidebar

US = "hp7k2m9x"


@pytest.fixture
def hub() -> Hub:
    webhooks = Webhooks(CLIENT_SECRET)
    app = App(
        redirect_urls=(f"{PUBLIC_URL}/intercom/callback",),
        health_url=f"{PUBLIC_URL}/intercom/health",
        uninstall_url=f"{PUBLIC_URL}/intercom/uninstall",
    )
    first = furnished(account=Account(client_secret=CLIENT_SECRET), webhooks=webhooks)
    return Hub([first, seed_eu.furnished_in_the_eu(CLIENT_SECRET, webhooks)], app)


@pytest.fixture
def kinbox(hub: Hub, make_app_on_each: MakeApp) -> Iterator[Flask]:
    """Kinbox and Intercom, each reaching the other."""
    server = serve_http(create_sandbox(hub))
    app = make_app_on_each(
        INTERCOM_API_URL=server.url,
        INTERCOM_APP_URL=server.url,
        INTERCOM_CLIENT_ID=hub.app.client_id,
        KINBOX_PUBLIC_URL=PUBLIC_URL,
    )

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        answer = app.test_client().post(urlsplit(url).path, data=body, headers=dict(headers))
        return Answer(status=answer.status_code, body=answer.data)

    hub.post = post
    yield app
    server.stop()


def consent(browser: Browser, app_id: str, admin_id: str, start: str) -> str:
    """Agree on Intercom's page and come back. Answers where the browser is sent in the end."""
    asked = browser.get(start).location
    assert asked is not None
    page = requests.get(asked, timeout=5)
    assert page.status_code == 200
    form = {"answer": "authorize", "workspace": app_id, "admin": admin_id}
    agreed = requests.post(asked, data=form, allow_redirects=False, timeout=5)
    back = urlsplit(agreed.headers["Location"])
    ended = browser.get(f"{back.path}?{back.query}").location
    assert ended is not None
    return ended


def install(browser: Browser, app_id: str = US, admin_id: str = people.ROSA, region: str = "us") -> None:
    ended = consent(browser, app_id, admin_id, f"/intercom/install?region={region}")
    assert "is installed" in requests.get(ended, timeout=5).text


def stored(app: Flask, app_id: str = US) -> Workspace | None:
    with app.app_context(), transaction() as connection:
        return services().workspaces.get(connection, app_id)


def test_from_connect_to_the_admin_page(kinbox: Flask, hub: Hub) -> None:
    browser = Browser(kinbox)
    install(browser)
    assert "Harbour &amp; Pine" in browser.get("/admin/").text
    workspace = stored(kinbox)
    assert workspace is not None
    assert hub.of_token(str(workspace.token)) is hub.first
    assert workspace.timezone == "Europe/Dublin"
    with kinbox.app_context():
        assert "kinbox_channel" in {one.name for one in services().intercom(workspace).data_attributes()}


def test_a_second_workspace_in_the_eu_shares_nothing(kinbox: Flask, hub: Hub) -> None:
    here, there = Browser(kinbox), Browser(kinbox)
    install(here)
    install(there, seed_eu.APP_ID, seed_eu.JONAS, "eu")
    eu = stored(kinbox, seed_eu.APP_ID)
    assert eu is not None
    assert eu.region == "eu"
    assert hub.of_token(str(eu.token)) is hub.workspaces[seed_eu.APP_ID]
    assert "Harbour" in here.get("/admin/").text
    assert "Harbour" not in there.get("/admin/").text


def test_a_teammate_signs_in_later_and_the_install_still_works(kinbox: Flask, hub: Hub) -> None:
    install(Browser(kinbox))
    before = stored(kinbox)
    colleague = Browser(kinbox)
    assert consent(colleague, US, people.DECLAN, "/admin/sign-in?region=us") == "/admin/"
    assert colleague.get("/admin/").status_code == 200
    assert stored(kinbox) == before
    assert hub.ask_health(US)["state"] == "OK"


def test_a_teammate_whose_email_is_not_verified_stays_outside(kinbox: Flask) -> None:
    install(Browser(kinbox))
    colleague = Browser(kinbox)
    with pytest.raises(AssertionError):  # no redirect: the page says why
        consent(colleague, US, people.MIKA, "/admin/sign-in?region=us")
    assert colleague.get("/admin/").status_code == 303


@pytest.mark.parametrize("signature", ["none", "body", "hub"])
def test_an_uninstall_inside_intercom_is_noticed_however_it_is_signed(kinbox: Flask, hub: Hub, signature: str) -> None:
    browser = Browser(kinbox)
    install(browser)
    hub.first.unconfirmed = replace(hub.first.unconfirmed, uninstall_signature=signature)
    answer = hub.uninstall(US)
    assert answer is not None
    assert answer.status == 200
    workspace = stored(kinbox)
    assert workspace is not None
    assert (workspace.token, workspace.uninstalled_at is not None) == (None, True)
    assert browser.get("/admin/").status_code == 303
    assert hub.ask_health(US)["cta_type"] == "REINSTALL_CTA"
    install(browser)
    assert hub.ask_health(US)["state"] == "OK"
    assert browser.get("/admin/").status_code == 200


def test_if_a_sign_in_should_end_the_stored_token_installing_again_helps(kinbox: Flask, hub: Hub) -> None:
    """Not how Intercom is taken to be; then the page says what to do, and nothing is lost."""
    install(Browser(kinbox))
    hub.first.unconfirmed = replace(hub.first.unconfirmed, reinstall_ends_old_tokens=True)
    colleague = Browser(kinbox)
    with pytest.raises(AssertionError):
        consent(colleague, US, people.DECLAN, "/admin/sign-in?region=us")
    workspace = stored(kinbox)
    assert workspace is not None
    assert workspace.revoked_at is not None
    install(colleague, US, people.DECLAN)
    assert colleague.get("/admin/").status_code == 200
    assert hub.ask_health(US)["state"] == "OK"


def test_the_first_sidebar_after_an_install_says_what_comes_next(kinbox: Flask, hub: Hub) -> None:
    install(Browser(kinbox))
    contact = hub.first.contact(people.UNRELATED_USER)
    sidebar = Sidebar(posting_to(kinbox.test_client()), CLIENT_SECRET, US, contact, ADMIN)
    assert "has no channel yet. An admin adds the first one on the admin page" in sidebar.open().text
    with kinbox.app_context(), transaction(write=True) as connection:
        services().channels.ensure(
            connection, US, slug="twilio", address="+35315550100", name="Shop", at=datetime.now(UTC)
        )
    assert "No message of this contact came in through Kinbox." in sidebar.open().text
