"""A workbench on a small workspace, with a stub in Kinbox's place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.sandbox.workbench import create_workbench
from tests.workbench.small_workspace import Shop, open_shop
from tests.workbench.stub_kinbox import StubKinbox

Ask = Callable[..., Any]


@pytest.fixture
def shop() -> Shop:
    return open_shop()


@pytest.fixture
def kinbox() -> Iterator[StubKinbox]:
    stub = StubKinbox()
    yield stub
    stub.stop()


@pytest.fixture
def page(shop: Shop, kinbox: StubKinbox) -> FlaskClient:
    """The workbench as a browser's page would call it."""
    return create_workbench(shop.workspace, kinbox.url).test_client()


@pytest.fixture
def initialize(page: FlaskClient, shop: Shop) -> Ask:
    """Open the lead's conversation; keywords change what is asked. Gives the API's answer."""

    def ask(**changes: Any) -> Any:
        fields = {"conversation_id": shop.conversation_id, "contact_id": shop.lead_id, "admin_id": "11"}
        response = page.post("/workbench/api/canvas", json={"kind": "initialize", **fields, **changes})
        return response.get_json()

    return ask


@pytest.fixture
def submit(initialize: Ask) -> Ask:
    """Click something in the canvas of the lead's conversation."""

    def ask(component_id: str = "merge", **changes: Any) -> Any:
        return initialize(kind="submit", component_id=component_id, **changes)

    return ask
