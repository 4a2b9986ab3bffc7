"""Kinbox with two workspaces, an Intercom that knows both, and browsers of their admins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.domain.workspace import Workspace
from app.sandbox.server import serve as serve_http
from app.services import services
from app.storage.database import transaction
from tests.admin_driver import ROSA, Browser
from tests.conftest import MakeApp
from tests.http.admin.fake_intercom import CLIENT_ID, FakeIntercom, Person, create_fake

ACME = Workspace(id="acme1", region="eu", name="Acme <Furniture>", token="dG9rOmacme-token-of-these-tests")
BEKO = replace(ACME, id="beko1", region="us", name="Beko Bikes", token="dG9rOmbeko-token-of-these-tests")
PUBLIC_URL = "https://kinbox.example.com"
OpenBrowser = Callable[[], Browser]


@pytest.fixture
def kinbox(app_on_each: Flask) -> Flask:
    """Kinbox on each engine with two workspaces."""
    return with_workspaces(app_on_each)


@pytest.fixture
def open_browser(kinbox: Flask) -> OpenBrowser:
    return lambda: Browser(kinbox)


@pytest.fixture
def browser(kinbox: Flask) -> Browser:
    """Nobody has signed in with it yet."""
    return Browser(kinbox)


@pytest.fixture
def intercom() -> FakeIntercom:
    """Knows the tokens of both workspaces, which have one admin each."""
    fake = FakeIntercom()
    for workspace in (ACME, BEKO):
        fake.people[str(workspace.token)] = Person("9000", "Installer", workspace.id)
        fake.admins[workspace.id] = ["9000", ROSA.id]
    return fake


@pytest.fixture
def public_settings(intercom: FakeIntercom) -> Iterator[dict[str, str]]:
    """The environment of a public app: OAuth works."""
    server = serve_http(create_fake(intercom))
    yield {
        "INTERCOM_API_URL": server.url,
        "INTERCOM_CLIENT_ID": CLIENT_ID,
        "KINBOX_PUBLIC_URL": PUBLIC_URL,
    }
    server.stop()


@pytest.fixture
def public_app(make_app_on_each: MakeApp, public_settings: dict[str, str]) -> Flask:
    """Kinbox as a public app, with nobody's workspace yet."""
    return make_app_on_each(**public_settings)


def with_workspaces(app: Flask) -> Flask:
    with app.app_context(), transaction(write=True) as connection:
        for workspace in (ACME, BEKO):
            services().workspaces.save(connection, workspace, datetime.now(UTC))
    return app
