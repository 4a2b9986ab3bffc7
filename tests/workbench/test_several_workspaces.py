"""The page of a sandbox with two workspaces: which one, where Kinbox is, and what Intercom told it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.sandbox import people, seed_eu
from app.sandbox.hub import App, Hub
from app.sandbox.outgoing import Answer
from app.sandbox.seed import furnished
from app.sandbox.webhooks.sender import Webhooks
from app.sandbox.workbench import create_workbench
from app.sandbox.workspace import Account
from tests.sandbox.subscriber import URL, Subscriber
from tests.workbench.stub_kinbox import StubKinbox

API = "/workbench/api"
SECRET = "one-secret-of-the-app"
EU = f"workspace={seed_eu.APP_ID}"


@pytest.fixture
def hub(kinbox: StubKinbox) -> Hub:
    webhooks = Webhooks(SECRET)
    webhooks.send = Subscriber(SECRET)
    webhooks.subscribe(URL)
    first = furnished(account=Account(client_secret=SECRET), webhooks=webhooks)
    app = App(redirect_urls=(f"{kinbox.url}/intercom/callback",))
    return Hub([first, seed_eu.furnished_in_the_eu(SECRET, webhooks)], app)


@pytest.fixture
def page(hub: Hub, kinbox: StubKinbox) -> FlaskClient:
    return create_workbench(hub, kinbox.url).test_client()


def get(page: FlaskClient, path: str) -> Any:
    answer = page.get(f"{API}{path}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_each_workspace_has_its_own_people(page: FlaskClient) -> None:
    here, there = get(page, "/workspace"), get(page, f"/workspace?{EU}")
    assert [here["region"], there["region"]] == ["US", "EU"]
    assert there["admins"][0]["name"] == "Astrid Lindqvist"
    labels = [each["contact"]["label"] for each in get(page, f"/conversations?{EU}")["conversations"]]
    assert labels == ["Freja", "Oskar", "Maya Reilly"]
    assert get(page, "/conversations/8001")["conversation"]["contact"]["id"] == people.MAYA_LEAD
    assert get(page, f"/conversations/8001?{EU}")["conversation"]["contact"]["id"] == seed_eu.FREJA
    assert page.get(f"{API}/contacts?workspace=nobody").status_code == 404


def test_the_page_knows_where_to_connect(page: FlaskClient, kinbox: StubKinbox, hub: Hub) -> None:
    us, eu = get(page, "/workspace")["workspaces"]
    assert (us["installed"], us["connected"]) == (True, True)
    assert (eu["installed"], eu["connected"]) == (False, False)
    assert eu["connect"] == f"{kinbox.url}/intercom/install?region=eu"
    hub.app.redirect_urls = ()
    assert get(page, "/workspace")["workspaces"][1]["connect"] is None


def test_a_canvas_request_carries_workspace_and_region(page: FlaskClient, kinbox: StubKinbox) -> None:
    click = {"kind": "initialize", "conversation_id": "8001", "contact_id": seed_eu.FREJA, "admin_id": seed_eu.JONAS}
    assert page.post(f"{API}/canvas?{EU}", json=click).status_code == 200
    sent = kinbox.calls[-1].json
    assert (sent["workspace_id"], sent["workspace_region"]) == (seed_eu.APP_ID, "EU")
    assert sent["contact"]["id"] == seed_eu.FREJA


def test_what_was_told_is_listed_for_its_workspace_alone(page: FlaskClient, hub: Hub) -> None:
    page.post(f"{API}/contacts/{people.MAYA_LEAD}/acts", json={"act": "archive"})
    page.post(f"{API}/webhooks/ping", json={})
    assert [one["status"] for one in get(page, "/webhooks")["deliveries"]] == ["waiting", "waiting"]
    hub.webhooks.flush()
    told = [(one["topic"], one["status"]) for one in get(page, "/webhooks")["deliveries"]]
    assert told == [("ping", "delivered"), ("contact.archived", "delivered")]
    assert get(page, f"/webhooks?{EU}")["deliveries"] == []


def test_faults_of_webhooks_are_switched_one_by_one(page: FlaskClient, hub: Hub) -> None:
    assert page.put(f"{API}/webhooks/faults", json={"id": "late", "on": True, "value": 45}).status_code == 200
    page.put(f"{API}/webhooks/faults", json={"id": "doubled", "on": True})
    page.put(f"{API}/webhooks/faults", json={"id": "doubled", "on": False})
    assert (hub.webhooks.hazards.struck(), hub.webhooks.hazards.late_s) == (("late",), 45)
    on = [one["id"] for one in get(page, "/webhooks/faults")["faults"] if one["on"]]
    assert on == ["late"]
    assert page.put(f"{API}/webhooks/faults", json={"id": "eaten", "on": True}).status_code == 404
    assert page.put(f"{API}/webhooks/faults", json={"id": "late", "on": True, "value": "x"}).status_code == 400


def test_an_admin_checks_revokes_and_uninstalls(page: FlaskClient, hub: Hub) -> None:
    hub.app.health_url = "http://127.0.0.1:9/intercom/health"
    hub.post = lambda *_args, **_more: Answer(status=200, body=b'{"state": "OK"}')
    asked = page.post(f"{API}/installation/health", json={}).get_json()
    assert (asked["installed"], asked["asked"]["state"]) == (True, "OK")
    revoked = page.post(f"{API}/installation/revoke", json={}).get_json()
    assert (revoked["installed"], revoked["ended"]) == (True, "revoked")
    gone = page.post(f"{API}/installation/uninstall", json={}).get_json()
    assert (gone["installed"], gone["ended"]) == (False, "uninstalled")
    assert page.post(f"{API}/installation/explode", json={}).status_code == 404
