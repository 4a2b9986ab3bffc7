from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import responses
from click.testing import Result
from cryptography.fernet import Fernet
from flask import Flask

from app.cli.checks import check_oauth, check_public_url
from app.services import services
from app.usecases.connection import disconnect
from tests.conftest import MakeApp

EU = "https://api.eu.intercom.io"
TOKEN = "dG9rOjEyMzQ1Njc4OTBhYmNkZWY6MToxAA=="
ADD = f"workspaces add --id abc12 --region eu --token {TOKEN} --offline"
Run = Callable[..., Result]
Serve = Callable[[Mapping[str, str]], Flask]
Furnish = Callable[..., None]
Told = Callable[[str], Any]


@pytest.fixture
def unwell(run: Run, told: Told) -> Callable[[], dict[str, str]]:
    """What is not ok with workspace abc12, with the level."""

    def unwell() -> dict[str, str]:
        run(ADD)
        findings = [one for one in told("doctor")["findings"] if one["workspace"] == "abc12"]
        assert all(one["mend"] for one in findings if one["level"] != "ok")
        return {one["what"]: one["level"] for one in findings if one["level"] != "ok"}

    return unwell


def refusal(code: str) -> dict[str, Any]:
    return {"type": "error.list", "errors": [{"code": code, "message": "no"}]}


def test_a_workspace_in_order_has_no_complaints(furnish: Furnish, unwell: Callable[[], dict[str, str]]) -> None:
    furnish()
    assert unwell() == {}


def test_people_read_a_line_for_each_finding_and_how_to_mend_it(furnish: Furnish, run: Run) -> None:
    furnish(attributes=[])
    run(ADD)
    result = run("doctor")
    assert result.exit_code == 0
    assert "ok    The settings are complete.\n" in result.output
    assert "warn  abc12: Contacts have no data attribute kinbox_channel.\n      Run `flask" in result.output


@pytest.mark.parametrize(
    ("answers", "what", "level"),
    [
        ({"app_id": "other"}, "The token belongs to workspace other.", "fail"),
        ({"region": "AU"}, "The workspace is in region au, but is stored as eu.", "fail"),
        ({"attributes": []}, "Contacts have no data attribute kinbox_channel.", "warn"),
        (
            {"attributes": [{"name": "kinbox_channel", "data_type": "string", "custom": True, "archived": True}]},
            "The data attribute kinbox_channel is archived.",
            "fail",
        ),
    ],
)
def test_what_is_wrong_is_named(
    furnish: Furnish, unwell: Callable[[], dict[str, str]], answers: dict[str, Any], what: str, level: str
) -> None:
    furnish(**answers)
    assert unwell() == {what: level}


@pytest.mark.parametrize(
    ("method", "path", "what"),
    [
        ("GET", "/admins", "The token may not read teammates."),
        ("POST", "/contacts/search", "The token may not search contacts."),
        ("GET", "/data_attributes", "The token may not read data attributes."),
    ],
)
def test_a_missing_permission_is_named(
    furnish: Furnish,
    intercom: responses.RequestsMock,
    unwell: Callable[[], dict[str, str]],
    method: str,
    path: str,
    what: str,
) -> None:
    furnish()
    intercom.replace(method, f"{EU}{path}", status=403, json=refusal("action_forbidden"))
    assert unwell() == {what: "fail"}


def test_a_token_that_is_not_accepted_ends_with_1(intercom: responses.RequestsMock, run: Run) -> None:
    intercom.get(f"{EU}/me", status=401, json=refusal("unauthorized"))
    run(ADD)
    result = run("doctor")
    assert result.exit_code == 1
    assert "fail  abc12: Intercom does not accept the token in region eu." in result.output


def test_a_note_writer_who_left_is_noticed(furnish: Furnish, run: Run, told: Told) -> None:
    furnish(admins=[])
    run(ADD)
    run("workspaces set abc12 admin_id=999")
    whats = [one["what"] for one in told("doctor")["findings"] if one["level"] == "warn"]
    assert "The admin in whose name notes are written is no teammate any more." in whats


def test_fix_makes_the_missing_attribute_and_nothing_else_does(
    furnish: Furnish, intercom: responses.RequestsMock, run: Run
) -> None:
    furnish(attributes=[])
    made = intercom.post(f"{EU}/data_attributes", json={"type": "data_attribute", "name": "kinbox_channel"})
    run(ADD)
    run("doctor")
    assert made.call_count == 0
    assert "kinbox_channel was missing and is made now." in run("doctor --fix").output
    assert made.call_count == 1
    assert json.loads(made.calls[0].request.body)["name"] == "kinbox_channel"


def test_without_a_workspace_it_says_how_to_connect_one(told: Told) -> None:
    answer = told("doctor")
    assert answer["healthy"]
    assert any("workspaces add" in one["mend"] for one in answer["findings"])


def test_a_database_without_tables_fails(serve: Serve, environment: dict[str, str]) -> None:
    result = serve(environment).test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    assert "fail  The database has no tables yet.\n      Run `flask --app wsgi db upgrade`" in result.output


def test_a_token_that_no_key_opens_fails_for_its_workspace(run: Run, make_app: Callable[..., Flask]) -> None:
    run(ADD)
    locked_out = make_app(KINBOX_ENCRYPTION_KEYS=Fernet.generate_key().decode()).test_cli_runner()
    result = locked_out.invoke(args=["doctor"])
    assert result.exit_code == 1
    assert "fail  abc12: The stored token cannot be read." in result.output


@pytest.mark.parametrize(
    ("url", "status", "level"),
    [
        (None, None, "warn"),
        ("http://kin.example", None, "warn"),
        ("https://kin.example", 200, "ok"),
        ("https://kin.example", 502, "warn"),
        ("https://kin.example", None, "warn"),
    ],
)
def test_the_public_url_is_tried(
    intercom: responses.RequestsMock, url: str | None, status: int | None, level: str
) -> None:
    if status is not None:
        intercom.get(f"{url}/health/live", status=status, json={"alive": True})
    assert check_public_url(url).level == level


@pytest.mark.parametrize(
    ("assignee", "problems"),
    [
        ("admin:814860", []),
        ("team:7001", []),
        ("admin:9", ["New conversations are assigned to admin:9, which is not there any more."]),
        ("team:9", ["New conversations are assigned to team:9, which is not there any more."]),
    ],
)
def test_to_whom_conversations_are_assigned_has_to_be_there(
    furnish: Furnish,
    intercom: responses.RequestsMock,
    run: Run,
    told: Told,
    unwell: Callable[[], dict[str, str]],
    assignee: str,
    problems: list[str],
) -> None:
    furnish()
    intercom.get(f"{EU}/teams", json={"type": "team.list", "teams": [{"type": "team", "id": "7001", "name": "Texts"}]})
    run(ADD)
    run(f"workspaces set abc12 assign_to={assignee}")
    assert [what for what in unwell() if "assigned" in what] == problems
    assigned = [one["what"] for one in told("doctor")["findings"] if one["what"].startswith("New conversations are")]
    assert len(assigned) == 1


def test_an_uninstalled_workspace_is_told_as_such(app: Flask, run: Run, told: Told) -> None:
    run(ADD)
    with app.app_context():
        assert disconnect(services().workspaces, "abc12", by=None, at=datetime.now(UTC))
    found = [one for one in told("doctor")["findings"] if one["what"].startswith("The app was uninstalled here on ")]
    assert [(one["level"], one["workspace"]) for one in found] == [("warn", "abc12")]


@pytest.mark.parametrize(("public", "level"), [("https://kinbox.example.com", "ok"), ("", "warn")])
def test_whether_admins_can_sign_in_is_told_where_there_is_a_client_id(
    make_app: MakeApp, public: str, level: str
) -> None:
    app = make_app(INTERCOM_CLIENT_ID="abc", KINBOX_PUBLIC_URL=public)
    with app.app_context():
        assert check_oauth(services()).level == level
