from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import responses
from click.testing import Result
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import select

from app.domain.setting_table import FACTS, SETTINGS
from app.services import services
from app.storage.database import transaction
from app.storage.models import AuditRecord

EU = "https://api.eu.intercom.io"
TOKEN = "dG9rOjEyMzQ1Njc4OTBhYmNkZWY6MToxAA=="
ADD = f"workspaces add --id abc12 --region eu --token {TOKEN}"
USUAL: dict[str, Any] = {
    "priority": "latest",
    "country": None,
    "cda_prefix": "kinbox",
    "mergers": None,
    "note_after_merge": True,
    "tag_conversations": True,
    "tag_names": {},
    "new_conversation_after_hours": 336,
    "mark_as_seen": False,
    "assign_to": None,
    "message_retention_days": 30,
    "snapshot_retention_days": 365,
    "link_retention_days": 90,
    "redact_fields": [],
}
Run = Callable[..., Result]
Serve = Callable[[Mapping[str, str]], Flask]
Furnish = Callable[..., None]
Told = Callable[[str], Any]


def test_a_workspace_is_added_with_what_intercom_says_of_it(furnish: Furnish, told: Told, app: Flask) -> None:
    furnish()
    assert told(f"{ADD} --country ie --priority user") == {
        "id": "abc12",
        "region": "eu",
        "name": "Acme",
        "timezone": "Europe/Dublin",
        "admin_id": "814860",
        "has_token": True,
        "from_environment": False,
        "revoked_at": None,
        "uninstalled_at": None,
        "doubt": None,
        "settings": {**USUAL, "priority": "user", "country": "IE"},
    }
    with app.app_context(), transaction() as connection:
        stored = services().workspaces.get(connection, "abc12")
    assert stored is not None
    assert stored.token == TOKEN


def test_adding_again_gives_a_new_token_and_keeps_the_settings(furnish: Furnish, told: Told, run: Run) -> None:
    furnish()
    run(ADD)
    run("workspaces set abc12 priority=lead")
    assert run(ADD).output.startswith("Updated workspace abc12 'Acme' region=eu")
    [listed] = told("workspaces list")
    assert listed["settings"]["priority"] == "lead"


def test_a_token_may_come_from_standard_input(run: Run, app: Flask) -> None:
    run("workspaces add --id abc12 --region us --token - --offline", input=f"{TOKEN}\n")
    with app.app_context(), transaction() as connection:
        stored = services().workspaces.get(connection, "abc12")
    assert stored is not None
    assert stored.token == TOKEN


@pytest.mark.parametrize("piped", ["", "\n", " \n"])
def test_an_empty_token_does_not_replace_the_one_that_works(run: Run, app: Flask, piped: str) -> None:
    run(f"{ADD} --offline")
    refused = run("workspaces add --id abc12 --region us --token - --offline", input=piped)
    assert (refused.exit_code, "the token is empty" in refused.stderr) == (2, True)
    with app.app_context(), transaction() as connection:
        stored = services().workspaces.get(connection, "abc12")
    assert stored is not None
    assert (stored.token, stored.region) == (TOKEN, "eu")


def test_a_token_of_another_workspace_is_refused(furnish: Furnish, run: Run, told: Told) -> None:
    furnish(app_id="other")
    result = run(ADD)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("This token belongs to workspace other, not to abc12. Nothing was stored.")
    assert told("workspaces list") == []


def test_another_region_is_doubted_and_not_refused(furnish: Furnish, told: Told) -> None:
    furnish(region="US")
    assert told(ADD)["doubt"].startswith("Intercom says that this workspace is in region us, not in eu.")
    assert [workspace["region"] for workspace in told("workspaces list")] == ["eu"]


def test_a_workspace_is_added_also_when_intercom_cannot_be_asked(
    intercom: responses.RequestsMock, told: Told, run: Run
) -> None:
    intercom.get(f"{EU}/me", status=503)
    assert told(ADD)["doubt"].startswith("The token could not be checked: Intercom is not available")
    assert [workspace["has_token"] for workspace in told("workspaces list")] == [True]


def test_a_token_that_intercom_does_not_know_is_refused(intercom: responses.RequestsMock, run: Run, told: Told) -> None:
    refusal = {"type": "error.list", "errors": [{"code": "unauthorized", "message": "Access Token Invalid"}]}
    intercom.get(f"{EU}/me", status=401, json=refusal)
    result = run(ADD)
    assert result.exit_code == 1
    assert "Intercom does not accept this token." in result.stderr
    assert told("workspaces list") == []
    assert told(ADD)["error"].startswith("Intercom does not accept this token.")


def test_offline_nobody_is_asked(run: Run, told: Told) -> None:
    assert run(f"{ADD} --offline").exit_code == 0
    [listed] = told("workspaces list")
    assert (listed["name"], listed["timezone"], listed["admin_id"]) == ("", "UTC", None)


@pytest.mark.parametrize(
    "line",
    [
        "workspaces add --id abc12 --region mars --token x",
        "workspaces add --region eu --token x",
        "workspaces add --id abc/12 --region eu --token x",
        f"{ADD} --offline --country XX",
        f"{ADD} --offline --priority newest",
        "workspaces set abc12",
        "workspaces",
    ],
)
def test_a_wrong_command_line_ends_with_2(run: Run, line: str) -> None:
    assert run(line).exit_code == 2


def test_settings_are_changed_all_or_none(run: Run, told: Told) -> None:
    run(f"{ADD} --offline")
    changed = told("workspaces set abc12 priority=user country=de mergers=1,2 note_after_merge=no admin_id=7")
    assert changed["settings"] == {
        **USUAL,
        "priority": "user",
        "country": "DE",
        "mergers": ["1", "2"],
        "note_after_merge": False,
    }
    assert changed["admin_id"] == "7"
    assert run("workspaces set abc12 priority=lead country=nowhere").exit_code == 2
    assert told("workspaces list") == [changed]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("colour=blue", "There is no setting 'colour'. The settings are: priority, country, cda_prefix, mergers"),
        ("priority=newest", "priority is one of latest, lead, user."),
        ("priority", "priority has no value. Write priority=VALUE."),
        ("cda_prefix=9lives", "cda_prefix starts with a letter"),
        ("note_after_merge=perhaps", "note_after_merge is yes or no."),
        ("timezone=Mars/Olympus", "timezone is an IANA name"),
        ("mergers=Bo", "mergers is everyone, nobody, or the ids of admins"),
    ],
)
def test_a_wrong_change_is_told_with_what_is_right(run: Run, change: str, sentence: str) -> None:
    run(f"{ADD} --offline")
    result = run(f"workspaces set abc12 {change}")
    assert result.exit_code == 2
    assert result.stderr.startswith(sentence)


def test_every_change_is_recorded_as_it_is_typed(run: Run, app: Flask) -> None:
    run(f"{ADD} --offline")
    run("workspaces set abc12 country=ie mark_as_seen=yes priority=latest")
    with app.app_context(), transaction() as connection:
        entries = connection.execute(select(AuditRecord.admin_id, AuditRecord.action, AuditRecord.details)).all()
    assert [tuple(one) for one in entries] == [
        (None, "connected", {"region": "eu"}),
        (None, "setting_changed", {"key": "country", "old": "none", "new": "IE"}),
        (None, "setting_changed", {"key": "mark_as_seen", "old": "no", "new": "yes"}),
    ]


def test_the_help_explains_each_setting(run: Run) -> None:
    told = " ".join(run("workspaces set --help").output.split())
    for setting in (*SETTINGS, *FACTS):
        assert f"{setting.key}: {setting.explanation}." in told


def test_an_unknown_workspace_cannot_be_changed(run: Run) -> None:
    result = run("workspaces set nobody priority=user")
    assert result.exit_code == 1
    assert "There is no workspace nobody." in result.stderr


def test_an_empty_list_says_what_to_do(run: Run) -> None:
    assert "workspaces add --help" in run("workspaces list").output


def test_a_list_shows_the_settings_as_they_are_typed(run: Run) -> None:
    run(f"{ADD} --offline")
    run("workspaces set abc12 mergers=nobody tag_conversations=off")
    assert run("workspaces list").output == (
        "abc12 region=eu timezone=UTC priority=latest country=none cda_prefix=kinbox mergers=nobody"
        " note_after_merge=yes tag_conversations=no tag_names=none new_conversation_after_hours=336 mark_as_seen=no"
        " assign_to=none message_retention_days=30 snapshot_retention_days=365 link_retention_days=90"
        " redact_fields=none\n"
    )


def test_the_environments_workspace_takes_settings_but_no_other_token(make_app: Callable[..., Flask]) -> None:
    app = make_app(INTERCOM_ACCESS_TOKEN=TOKEN, INTERCOM_WORKSPACE_ID="abc12")
    runner = app.test_cli_runner()
    refused = runner.invoke(args=f"{ADD} --offline".split())
    assert refused.exit_code == 1
    assert "given by INTERCOM_ACCESS_TOKEN" in refused.stderr
    assert runner.invoke(args=["workspaces", "set", "abc12", "priority=user"]).exit_code == 0
    listed = runner.invoke(args=["workspaces", "list"]).output
    assert "priority=user" in listed
    assert TOKEN not in listed


def test_a_token_that_no_key_opens_is_told_and_can_be_replaced(run: Run, make_app: Callable[..., Flask]) -> None:
    run(f"{ADD} --offline")
    locked_out = make_app(KINBOX_ENCRYPTION_KEYS=Fernet.generate_key().decode()).test_cli_runner()
    result = locked_out.invoke(args=["workspaces", "list"])
    assert result.exit_code == 1
    assert "cannot be read with KINBOX_ENCRYPTION_KEYS" in result.stderr
    assert locked_out.invoke(args=f"{ADD} --offline".split()).exit_code == 0
    assert locked_out.invoke(args=["workspaces", "list"]).exit_code == 0


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_database_without_tables_is_told_without_a_traceback(
    serve: Serve, environment: dict[str, str], engine: str, request: pytest.FixtureRequest
) -> None:
    if engine == "postgres":
        environment["DATABASE_URL"] = request.getfixturevalue("empty_postgres_url")
    result = serve(environment).test_cli_runner().invoke(args=["workspaces", "list"])
    assert result.exit_code == 1
    assert "db upgrade" in result.stderr


def test_an_app_is_uninstalled_in_intercom_and_here(run: Run, app: Flask, intercom: responses.RequestsMock) -> None:
    run(f"{ADD} --offline")
    intercom.post("https://api.intercom.io/auth/uninstall", status=200, body="")
    assert run("workspaces uninstall abc12").exit_code == 0
    assert intercom.calls[0].request.headers["Authorization"] == f"Bearer {TOKEN}"
    with app.app_context(), transaction() as connection:
        workspace = services().workspaces.get(connection, "abc12")
    assert workspace is not None
    assert workspace.token is None
    assert "(uninstalled on " in run("workspaces list").output
    again = run("workspaces uninstall abc12")
    assert again.exit_code == 1
    assert "not connected" in again.output


def test_a_workspace_that_is_added_again_is_not_told_as_uninstalled(
    run: Run, told: Told, intercom: responses.RequestsMock
) -> None:
    add = "workspaces add --id abc12 --region us --token none --offline"
    run(add)
    intercom.post("https://api.intercom.io/auth/uninstall", status=200, body="")
    run("workspaces uninstall abc12")
    assert "uninstalled" not in run(add).stdout
    assert told(add)["uninstalled_at"] is None


@pytest.mark.parametrize("token", ["dG9r\udcff", "dG9rÖ", "dG9r dG9r\x00"])
def test_what_can_be_no_token_is_refused(app: Flask, token: str) -> None:
    words = ["workspaces", "add", "--id", "abc12", "--region", "us", "--offline", "--token", token]
    result = app.test_cli_runner().invoke(args=words)
    assert (result.exit_code, "no token has" in result.output) == (2, True)


@pytest.mark.parametrize(("status", "exit_code"), [(401, 0), (500, 1)])
def test_an_uninstall_that_intercom_does_not_make_is_told(
    run: Run, app: Flask, intercom: responses.RequestsMock, status: int, exit_code: int
) -> None:
    """401: the token is dead already, which is as good."""
    run(f"{ADD} --offline")
    intercom.post("https://api.intercom.io/auth/uninstall", status=status, json={})
    assert run("workspaces uninstall abc12").exit_code == exit_code
    with app.app_context(), transaction() as connection:
        workspace = services().workspaces.get(connection, "abc12")
    assert workspace is not None
    assert (workspace.token is None) == (exit_code == 0)
