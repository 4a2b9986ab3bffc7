"""Two workspaces in one Intercom: each call goes to the one whose token it bears, and nothing is shared."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.sandbox import people, seed_eu
from app.sandbox.hub import App, Hub
from app.sandbox.seed import furnished
from app.sandbox.server import create_sandbox
from app.sandbox.webhooks.sender import Webhooks
from app.sandbox.workspace import Account, Workspace
from tests.sandbox.caller import Caller, error
from tests.sandbox.subscriber import URL, Subscriber

Json = dict[str, Any]
SECRET = "one-secret-of-the-app"
CALLBACK = "http://127.0.0.1:9/intercom/callback"


@pytest.fixture
def hub() -> Hub:
    """Harbour & Pine in the US, with the app; Lindqvist Cykel in the EU, without it."""
    webhooks = Webhooks(SECRET)
    account = Account(client_secret=SECRET)
    app = App(redirect_urls=(CALLBACK,))
    return Hub([furnished(account=account, webhooks=webhooks), seed_eu.furnished_in_the_eu(SECRET, webhooks)], app)


@pytest.fixture
def client(hub: Hub) -> FlaskClient:
    return create_sandbox(hub).test_client()


@pytest.fixture
def eu(hub: Hub) -> Workspace:
    return hub.workspaces[seed_eu.APP_ID]


def caller(client: FlaskClient, workspace: Workspace) -> Caller:
    return Caller(client, {"Authorization": f"Bearer {workspace.token}", "Intercom-Version": "2.16"})


def test_a_workspace_without_the_app_gives_nothing(hub: Hub, eu: Workspace, client: FlaskClient) -> None:
    assert (eu.token, eu.install.installed) == ("", False)
    assert error(Caller(client, {"Authorization": "Bearer "}).get("/me"))[:2] == (401, "missing_authorization")
    assert hub.of_token("") is None


def test_the_token_tells_the_workspace(hub: Hub, eu: Workspace, client: FlaskClient) -> None:
    eu.install.grant(seed_eu.JONAS)
    us, there = (caller(client, each).get("/me").json for each in (hub.first, eu))
    assert us is not None
    assert there is not None
    assert (us["app"]["id_code"], us["app"]["region"], us["id"]) == ("hp7k2m9x", "US", people.ROSA)
    assert (there["app"]["id_code"], there["app"]["region"], there["id"]) == (seed_eu.APP_ID, "EU", seed_eu.JONAS)


def test_one_phone_and_one_conversation_id_are_two_things(hub: Hub, eu: Workspace, client: FlaskClient) -> None:
    eu.install.grant(seed_eu.ASTRID)
    query = {"field": "formatted_phone", "operator": "=", "value": "+35315550123"}
    assert people.MAYA_USER in caller(client, hub.first).find(query)
    assert caller(client, eu).find(query) == [seed_eu.MAYA]
    assert caller(client, eu).get(f"/contacts/{people.MAYA_USER}").status_code == 404
    bodies = [caller(client, each).get("/conversations/8001").json for each in (hub.first, eu)]
    assert bodies[0] is not None
    assert bodies[1] is not None
    assert bodies[0]["source"]["body"] != bodies[1]["source"]["body"]


def test_faults_lag_and_calls_are_each_workspaces_own(hub: Hub, eu: Workspace, client: FlaskClient) -> None:
    eu.install.grant(seed_eu.ASTRID)
    url = f"/_sandbox/faults?workspace={seed_eu.APP_ID}"
    assert client.put(url, json={"faults": [{"kind": "status"}], "index_lag_s": 9}).status_code == 200
    assert caller(client, eu).get("/me").status_code == 500
    assert caller(client, hub.first).get("/me").status_code == 200
    assert (hub.first.faults.index_lag_s, eu.faults.index_lag_s) == (0, 9)
    assert [call["path"] for call in eu.calls] == ["/me"]


def test_a_notification_names_its_workspace_and_goes_to_the_one_address(
    hub: Hub, eu: Workspace, client: FlaskClient
) -> None:
    hub.webhooks.send = subscriber = Subscriber(SECRET)
    hub.webhooks.subscribe(URL)
    eu.add_customer_message(seed_eu.FREJA, "Hej", "conversation")
    assert eu.lifecycle.archive(seed_eu.MAYA)["archived"] is True
    eu.install.grant(seed_eu.ASTRID)
    for each, contact in ((hub.first, people.MAYA_LEAD), (eu, seed_eu.OSKAR)):
        caller(client, each).put(f"/contacts/{contact}", {"name": "New"})
    hub.webhooks.flush()
    told = [(one["app_id"], one["topic"]) for one in subscriber.told]
    assert told == [("hp7k2m9x", "contact.lead.updated"), (seed_eu.APP_ID, "contact.user.updated")]


def test_a_token_that_was_replaced_or_revoked_is_told_so(hub: Hub, eu: Workspace, client: FlaskClient) -> None:
    eu.install.grant(seed_eu.ASTRID)
    old = caller(client, eu)
    eu.install.grant(seed_eu.JONAS)
    assert [one.get("/me").json["id"] for one in (old, caller(client, eu))] == [seed_eu.ASTRID, seed_eu.JONAS]  # type: ignore[index]
    eu.unconfirmed = eu.unconfirmed.changed({"reinstall_ends_old_tokens": True})
    eu.install.grant(seed_eu.JONAS)
    assert error(old.get("/me"))[:2] == (401, "token_revoked")
    new = caller(client, eu)
    assert new.get("/me").status_code == 200
    shown = client.post(f"/_sandbox/revoke?workspace={seed_eu.APP_ID}").json
    assert shown is not None
    assert (shown["installed"], shown["ended"]) == (True, "revoked")
    assert error(new.get("/me"))[:2] == (401, "token_revoked")
    assert caller(client, hub.first).get("/me").status_code == 200


def test_who_installed_it_survives_a_restart_and_a_reset(tmp_path: Any) -> None:
    path = tmp_path / "eu.json"
    before = seed_eu.furnished_in_the_eu(SECRET, Webhooks(SECRET), path)
    token = before.install.grant(seed_eu.JONAS)
    before.reset()
    after = seed_eu.furnished_in_the_eu(SECRET, Webhooks(SECRET), path)
    assert (after.token, after.install.admin_of(token)) == (token, seed_eu.JONAS)
    assert token not in repr(after.install)
