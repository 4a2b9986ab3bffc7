"""Kinbox over HTTP against the sandbox's REST API, as a real server on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.intercom.client import Intercom
from app.sandbox.server import create_sandbox, serve
from app.sandbox.store import empty_state
from app.sandbox.workspace import Workspace
from tests.conftest import CLIENT_SECRET, MakeApp
from tests.http.linked_scene import Scene, linked_scene
from tests.sidebar_driver import ADMIN, Post, Sidebar

Json = dict[str, Any]
OpenSidebar = Callable[..., Sidebar]
MakeContact = Callable[..., str]


@pytest.fixture
def workspace() -> Workspace:
    """An Intercom workspace with teammates and nobody else in it."""
    return Workspace(seed=_two_teammates)


def _two_teammates(now: float) -> Json:
    state = empty_state(now)
    state["admins"] = [ADMIN]
    return state


@pytest.fixture
def intercom_url(workspace: Workspace) -> Iterator[str]:
    server = serve(create_sandbox(workspace))
    yield server.url
    server.stop()


@pytest.fixture
def intercom(intercom_url: str, workspace: Workspace) -> Intercom:
    """The same client that Kinbox uses, to arrange contacts with."""
    return Intercom(intercom_url, workspace.token)


@pytest.fixture
def make_contact(intercom: Intercom) -> MakeContact:
    """Makes a contact and answers its id."""

    def make(role: str, **fields: Any) -> str:
        return intercom.create_contact({"role": role, **fields}).id

    return make


def for_sandbox(workspace: Workspace, url: str) -> dict[str, str]:
    """The environment of a private app in the sandbox's workspace."""
    return {
        "INTERCOM_API_URL": url,
        "INTERCOM_ACCESS_TOKEN": workspace.token,
        "INTERCOM_WORKSPACE_ID": workspace.app_id,
        "INTERCOM_REGION": workspace.region.lower(),
    }


@pytest.fixture
def kinbox(make_app: MakeApp, workspace: Workspace, intercom_url: str) -> Flask:
    return make_app(**for_sandbox(workspace, intercom_url))


def posting_to(client: FlaskClient) -> Post:
    def post(path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        answer = client.post(path, data=body, headers=dict(headers), content_type="application/json")
        return answer.status_code, answer.data

    return post


@pytest.fixture
def open_sidebar(kinbox: Flask, workspace: Workspace) -> OpenSidebar:
    """Opens the sidebar on a contact, as Intercom serves it now."""

    def open_on(
        contact_id: str, *, admin: Json = ADMIN, conversation: Json | None = None, contact: Json | None = None
    ) -> Sidebar:
        sidebar = Sidebar(
            post=posting_to(kinbox.test_client()),
            secret=CLIENT_SECRET,
            workspace_id=workspace.app_id,
            contact=contact or workspace.contact(contact_id),
            admin=admin,
            conversation=conversation,
        )
        sidebar.open()
        return sidebar

    return open_on


@pytest.fixture
def scene(make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar) -> Scene:
    """A lead with a linked channel that two others could own as well."""
    return linked_scene(make_contact, workspace, kinbox, open_sidebar)
