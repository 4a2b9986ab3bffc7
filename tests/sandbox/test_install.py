"""Consent, code, token; health and uninstall: what Intercom does around an install."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.sandbox import people
from app.sandbox.hub import Hub
from app.sandbox.outgoing import Answer
from app.sandbox.server import create_sandbox
from app.sandbox.workspace import Workspace
from tests.sandbox.caller import Caller, Clock, error

Json = dict[str, Any]
CALLBACK = "http://127.0.0.1:9/intercom/callback"
ASKED = f"/oauth?client_id=sandbox-client-id&state=s%20t&redirect_uri={CALLBACK}"
SECRET = "sandbox-client-secret"


@pytest.fixture
def hub(workspace: Workspace) -> Hub:
    made = Hub([workspace])
    made.app.redirect_urls = (CALLBACK, "http://127.0.0.1:9/other")
    return made


@pytest.fixture
def browser(hub: Hub) -> FlaskClient:
    return create_sandbox(hub).test_client()


def authorize(browser: FlaskClient, hub: Hub, admin: str = people.ROSA, url: str = ASKED) -> TestResponse:
    form = {"answer": "authorize", "workspace": hub.first.app_id, "admin": admin}
    return browser.post(url, data=form)


def code_of(answer: TestResponse) -> str:
    assert answer.status_code == 302
    [code] = parse_qs(urlsplit(answer.headers["Location"]).query)["code"]
    return code


def exchange(browser: FlaskClient, code: str, **other: str) -> TestResponse:
    fields = {"code": code, "client_id": "sandbox-client-id", "client_secret": SECRET, **other}
    return browser.post("/auth/eagle/token", json=fields)


def test_the_consent_screen_names_app_workspace_teammates_and_permissions(browser: FlaskClient) -> None:
    page = browser.get(ASKED)
    assert page.status_code == 200
    for words in ("Kinbox would like to access Harbour &amp; Pine", "Rosa Teammate", "Write data attributes"):
        assert words in page.text
    assert "mika@harbourandpine.example, email not verified" in page.text
    assert "<script" not in page.text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_consent_leads_back_with_a_code_and_the_state(browser: FlaskClient, hub: Hub) -> None:
    answer = authorize(browser, hub)
    address = urlsplit(answer.headers["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == CALLBACK
    assert parse_qs(address.query)["state"] == ["s t"]
    assert code_of(answer).endswith("=")


def test_cancel_leads_back_without_a_code(browser: FlaskClient) -> None:
    answer = browser.post(ASKED, data={"answer": "cancel"})
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"error": ["access_denied"], "state": ["s t"]}


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/oauth?client_id=somebody-else&state=x", 404),
        ("/oauth?client_id=sandbox-client-id&redirect_uri=https://evil.example/", 400),
        (f"/oauth?client_id=sandbox-client-id&redirect_uri={CALLBACK}/more", 400),
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(
    browser: FlaskClient, hub: Hub, url: str, status: int
) -> None:
    assert browser.get(url).status_code == status
    answer = authorize(browser, hub, url=url)
    assert (answer.status_code, answer.headers.get("Location")) == (status, None)


def test_without_a_redirect_uri_the_first_registered_one_is_taken(browser: FlaskClient, hub: Hub) -> None:
    answer = authorize(browser, hub, url="/oauth?client_id=sandbox-client-id&state=x")
    assert answer.headers["Location"].startswith(f"{CALLBACK}?code=")


def test_a_teammate_of_nowhere_may_not_consent(browser: FlaskClient, hub: Hub) -> None:
    assert authorize(browser, hub, admin="1").status_code == 400


def test_a_code_gives_the_token_of_who_consented(browser: FlaskClient, hub: Hub) -> None:
    answer = exchange(browser, code_of(authorize(browser, hub, people.DECLAN))).json
    assert answer is not None
    assert answer["token_type"] == "Bearer"
    assert answer["token"] == answer["access_token"] == hub.first.token
    me = Caller(browser, {"Authorization": f"Bearer {answer['token']}"}).get("/me").json
    assert me is not None
    assert (me["id"], me["email_verified"]) == (people.DECLAN, True)


def test_an_admin_may_have_no_verified_email(browser: FlaskClient, hub: Hub) -> None:
    exchange(browser, code_of(authorize(browser, hub, people.MIKA)))
    me = Caller(browser, {"Authorization": f"Bearer {hub.first.token}"}).get("/me").json
    assert me is not None
    assert me["email_verified"] is False
    listed = Caller(browser, {"Authorization": f"Bearer {hub.first.token}"}).get("/admins").json
    assert "_email_verified" not in str(listed)


def test_a_form_is_taken_as_well_as_json(browser: FlaskClient, hub: Hub) -> None:
    code = code_of(authorize(browser, hub))
    form = {"code": code, "client_id": "sandbox-client-id", "client_secret": SECRET}
    assert browser.post("/auth/eagle/token", data=form).status_code == 200


def test_a_code_is_good_once(browser: FlaskClient, hub: Hub) -> None:
    code = code_of(authorize(browser, hub))
    assert exchange(browser, code).status_code == 200
    assert error(exchange(browser, code)) == (401, "unauthorized", "Unauthorized Code")


def test_a_code_is_good_for_ten_minutes(browser: FlaskClient, hub: Hub, clock: Clock) -> None:
    late, early = code_of(authorize(browser, hub)), code_of(authorize(browser, hub))
    clock.pass_s(599)
    assert exchange(browser, early).status_code == 200
    clock.pass_s(1)
    assert exchange(browser, late).status_code == 401


@pytest.mark.parametrize("wrong", [{"client_secret": "x"}, {"client_id": "x"}])
def test_a_code_is_good_for_its_app_only(browser: FlaskClient, hub: Hub, wrong: Mapping[str, str]) -> None:
    before, code = hub.first.token, code_of(authorize(browser, hub))
    assert exchange(browser, code, **wrong).status_code == 401
    assert hub.first.token == before
    assert exchange(browser, code).status_code == 200


def test_a_code_that_nobody_was_given_is_worth_nothing(browser: FlaskClient) -> None:
    assert exchange(browser, "dG9rOm1hZGUtdXA=").status_code == 401


def test_secrets_of_an_exchange_are_not_among_the_calls(browser: FlaskClient, hub: Hub) -> None:
    exchange(browser, code_of(authorize(browser, hub)))
    assert SECRET not in str(hub.first.calls)
    assert hub.first.token not in str(hub.first.calls)


def test_the_app_may_remove_itself(browser: FlaskClient, hub: Hub) -> None:
    call = Caller(browser)
    assert call.post("/auth/uninstall").status_code == 200
    assert hub.first.install.installed is False
    assert error(call.get("/me"))[:2] == (401, "token_revoked")


@pytest.mark.parametrize(
    ("switch", "header", "digest"),
    [("none", None, None), ("body", "X-Body-Signature", "sha256"), ("hub", "X-Hub-Signature", "sha1")],
)
def test_an_admin_removes_the_app_and_it_is_told(
    hub: Hub, workspace: Workspace, switch: str, header: str | None, digest: str | None
) -> None:
    told: list[tuple[str, bytes, Mapping[str, str]]] = []

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        told.append((url, body, headers))
        return Answer(status=200)

    hub.post, hub.app.uninstall_url = post, "http://127.0.0.1:9/intercom/uninstall"
    workspace.unconfirmed = workspace.unconfirmed.changed({"uninstall_signature": switch})
    hub.uninstall(workspace.app_id)
    [(url, body, headers)] = told
    assert (url, body) == (hub.app.uninstall_url, b'{"app_id":"hp7k2m9x"}')
    if header is None or digest is None:
        assert not {"X-Body-Signature", "X-Hub-Signature"} & headers.keys()
    else:
        wanted = hmac.new(SECRET.encode(), body, getattr(hashlib, digest)).hexdigest()
        assert headers[header].removeprefix("sha1=") == wanted
    assert workspace.token == ""


def test_the_health_check_is_signed_and_its_answer_kept(hub: Hub, workspace: Workspace) -> None:
    answers = [
        Answer(status=200, body=b'{"state": "OK"}'),
        Answer(status=200, body=b'{"state": "UNHEALTHY"}'),
        Answer(status=401),
        Answer(failure="No answer came."),
    ]

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        assert body == b'{"workspace_id":"hp7k2m9x"}'
        assert headers["X-Body-Signature"] == hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        assert url == hub.app.health_url
        return answers.pop(0)

    hub.post, hub.app.health_url = post, "http://127.0.0.1:9/intercom/health"
    assert hub.ask_health(workspace.app_id) == {"status": 200, "state": "OK"}
    assert workspace.install.asked is not None
    assert workspace.install.asked["state"] == "OK"
    assert "message is required" in hub.ask_health(workspace.app_id)["fault"]
    assert "answered 401" in hub.ask_health(workspace.app_id)["fault"]
    assert hub.ask_health(workspace.app_id)["fault"] == "No answer came."


def test_the_app_pushes_its_state(browser: FlaskClient, workspace: Workspace) -> None:
    unhealthy = {"state": "UNHEALTHY", "message": "Reconnect.", "cta_type": "URL_CTA"}
    call = Caller(browser)
    assert error(call.post("/app_install/status", unhealthy))[0] == 400
    unhealthy |= {"cta_label": "Open", "cta_url": "https://kinbox.example/admin"}
    assert call.post("/app_install/status", unhealthy).status_code == 200
    assert workspace.install.pushed is not None
    assert workspace.install.pushed["message"] == "Reconnect."
    assert error(call.post("/app_install/status", {"state": "FINE"}))[0] == 400
    assert error(call.post("/app_install/status", {"state": "OK"}, Intercom_Version="2.1"))[0] == 400


@pytest.mark.parametrize(
    ("query", "words"),
    [("install_success=true", "Kinbox is installed"), ("install_success=false&error_message=No%20<b>", "No &lt;b&gt;")],
)
def test_the_end_of_an_install_says_how_it_went(browser: FlaskClient, query: str, words: str) -> None:
    assert words in browser.get(f"/appstore/redirect?{query}").text
