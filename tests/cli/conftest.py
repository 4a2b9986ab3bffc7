"""A stand-in for Intercom that answers as the API does, and a runner for commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import responses
from click.testing import Result
from flask import Flask

US, EU = "https://api.intercom.io", "https://api.eu.intercom.io"
TOKEN = "dG9rOjEyMzQ1Njc4OTBhYmNkZWY6MToxAA=="
Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Runs a command line; tokens must never be in what it prints."""

    def run(line: str, **further: Any) -> Result:
        result = app.test_cli_runner().invoke(args=line.split(), **further)
        assert TOKEN not in result.output
        return result

    return run


@pytest.fixture
def intercom() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def furnish(intercom: responses.RequestsMock) -> Callable[..., None]:
    """Lets the stand-in answer for workspace abc12 with everything in order; keywords change that."""

    def furnish(
        base: str = EU,
        app_id: str = "abc12",
        region: str = "EU",
        attributes: list[dict[str, Any]] | None = None,
        admins: list[dict[str, Any]] | None = None,
    ) -> None:
        app = {"type": "app", "id_code": app_id, "name": "Acme", "region": region, "timezone": "Europe/Dublin"}
        intercom.get(f"{base}/me", json={"type": "admin", "id": "814860", "name": "Bo Ek", "app": app})
        bo = {"type": "admin", "id": "814860", "name": "Bo Ek", "email": "bo@acme.example"}
        intercom.get(f"{base}/admins", json={"type": "admin.list", "admins": [bo] if admins is None else admins})
        page = {"type": "list", "data": [], "total_count": 0, "pages": {"type": "pages"}}
        intercom.post(f"{base}/contacts/search", json=page)
        channel = {"name": "kinbox_channel", "data_type": "string", "custom": True, "archived": False}
        data = [channel] if attributes is None else attributes
        intercom.get(f"{base}/data_attributes", json={"type": "list", "data": data})

    return furnish


@pytest.fixture
def told(run: Run) -> Callable[[str], Any]:
    """Runs a command with --json and answers what it told."""

    def told(line: str) -> Any:
        return json.loads(run(f"{line} --json").stdout)

    return told
