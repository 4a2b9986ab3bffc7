"""`channels add|list|remove`, and what `doctor` says of each account."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app.channels.registry import adapters
from app.services import services
from app.storage import inbox
from app.storage.channels import StoredAccount
from app.storage.crypto import SecretBox
from app.storage.database import transaction
from app.storage.identities import Sender, link
from tests.conftest import MakeApp

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
SECRET = "channel-s3cret-of-line"
LINE = f"channels add line --workspace abc12 --name Shop --address U123 --set channel_secret={SECRET}"
TWILIO = "channels add twilio --workspace abc12 --name Shop --set auth_token=t0ken-of-twilio --address"
Run = Callable[..., Result]
Told = Callable[[str], Any]


@pytest.fixture
def run(app: Flask) -> Run:
    """Runs a command line in an installation with one workspace; no secret may be in what it prints."""

    def run(line: str, **further: Any) -> Result:
        result = app.test_cli_runner().invoke(args=line.split(), **further)
        assert SECRET not in result.output
        assert "t0ken" not in result.output
        return result

    run("workspaces add --id abc12 --region us --token none --country ie --offline")
    return run


@pytest.fixture
def told(run: Run) -> Told:
    return lambda line: json.loads(run(f"{line} --json").stdout)


def stored(app: Flask, account_id: int) -> StoredAccount:
    with app.app_context(), transaction() as connection:
        account = services().channels.get(connection, account_id)
    assert account is not None
    return account


def test_an_account_is_added_and_its_webhook_is_told(told: Told, app: Flask) -> None:
    added = told(f"{LINE} --country jp")
    account = stored(app, added["id"])
    assert added == {
        "id": account.id,
        "webhook_url": None,
        "webhook_path": f"/channels/line/{account.webhook_key}",
    }
    assert (account.address, account.name, account.country) == ("U123", "Shop", "JP")
    assert account.secrets == {"channel_secret": SECRET}
    assert len(account.webhook_key) * 6 >= 128


def test_the_webhooks_url_is_public_where_that_is_known(make_app: MakeApp) -> None:
    runner = make_app(KINBOX_PUBLIC_URL="https://kinbox.example.com/").test_cli_runner()
    runner.invoke(args=["workspaces", "add", "--id", "abc12", "--region", "us", "--token", "none", "--offline"])
    added = json.loads(runner.invoke(args=f"{LINE} --json".split()).stdout)
    assert added["webhook_url"] == f"https://kinbox.example.com{added['webhook_path']}"


def test_without_a_public_url_the_way_to_one_is_told(run: Run) -> None:
    people, machines = run(LINE), run(f"{TWILIO} +14155550100 --json")
    assert "KINBOX_PUBLIC_URL" in people.stdout
    assert "KINBOX_PUBLIC_URL" in machines.stderr
    assert "Next:\n 1. " in people.stdout


def test_an_account_without_a_country_has_its_workspaces(told: Told, app: Flask) -> None:
    account = stored(app, told(LINE)["id"])
    assert (account.country, account.region) == (None, "IE")


def test_a_private_apps_workspace_may_have_channels(make_app: MakeApp) -> None:
    app = make_app(INTERCOM_ACCESS_TOKEN="dG9r", INTERCOM_WORKSPACE_ID="abc12")
    assert app.test_cli_runner().invoke(args=LINE.split()).exit_code == 0


def test_a_secret_may_come_from_standard_input(run: Run, app: Flask) -> None:
    line = "channels add line --workspace abc12 --name Shop --address U123 --set channel_secret=- --json"
    added = json.loads(run(line, input=f"{SECRET}\n").stdout)
    assert stored(app, added["id"]).secrets == {"channel_secret": SECRET}


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        (f"{LINE} --set chanel_secret=x", "channel_access_token"),
        (f"{LINE} --set channel_access_token", "has no value"),
        (f"{LINE} --set channel_access_token=", "has no value"),
        ("channels add line --workspace abc12 --name Shop --address U123", "Basic settings"),
        ("channels add pigeon --workspace abc12 --name Shop --address U123", "'whatsapp'"),
        (f"{LINE} --country Irland", "two-letter"),
        (LINE.replace("abc12", "a/b"), "/a/apps/"),
    ],
)
def test_a_wrong_command_line_ends_with_2_and_says_what_is_right(run: Run, line: str, hint: str) -> None:
    result = run(line)
    assert result.exit_code == 2
    assert hint in result.output
    assert json.loads(run("channels list --json").stdout) == []


@pytest.mark.parametrize("address", ["", "   ", "a\nb", "x" * 201])
def test_an_address_that_is_none_is_refused_in_the_channels_words(app: Flask, run: Run, address: str) -> None:
    words = ["--workspace", "abc12", "--name", "Shop", "--address", address, "--set", "channel_secret=s"]
    result = app.test_cli_runner().invoke(args=["channels", "add", "line", *words])
    assert result.exit_code == 2
    assert adapters()["line"].address_hint in result.output


def test_an_unknown_workspace_is_told(run: Run) -> None:
    result = run(LINE.replace("abc12", "nobody"))
    assert result.exit_code == 1
    assert "workspaces add" in result.output


def test_an_address_is_connected_once_in_any_spelling(run: Run, told: Told) -> None:
    first = told(f"{TWILIO} +14155550100")
    for again in ("+14155550100", "14155550100", "+1-415-555-0100"):
        result = run(f"{TWILIO} {again}")
        assert result.exit_code == 1
        assert f"channels remove {first['id']}" in result.output
    assert len(told("channels list")) == 1


def test_two_workspaces_may_have_the_same_address(run: Run) -> None:
    run("workspaces add --id xyz99 --region us --token none --offline")
    assert run(LINE).exit_code == 0
    assert run(LINE.replace("abc12", "xyz99")).exit_code == 0


def test_a_list_names_the_secrets_and_shows_none(run: Run, told: Told) -> None:
    assert "channels add" in run("channels list").stdout
    added = told(LINE)
    told(f"{TWILIO} +14155550100")
    [line] = [one for one in told("channels list --workspace abc12") if one["slug"] == "line"]
    assert line == {
        "id": added["id"],
        "workspace_id": "abc12",
        "slug": "line",
        "name": "Shop",
        "address": "U123",
        "country": None,
        "secrets": ["channel_secret"],
        "paused_at": None,
        "webhook_url": None,
        "webhook_path": added["webhook_path"],
    }
    assert "There is no workspace other." in told("channels list --workspace other")["error"]
    assert added["webhook_path"] in run("channels list").stdout


def test_a_removed_account_is_gone_and_its_address_free(run: Run, told: Told) -> None:
    first = told(LINE)
    assert told(f"channels remove {first['id']}") == {"id": first["id"], "removed": True}
    assert told("channels list") == []
    assert told(LINE)["webhook_path"] != first["webhook_path"]
    assert run("channels remove 999").exit_code == 1


def test_people_stay_linked_when_an_account_goes_and_comes_back(run: Run, told: Told, app: Flask) -> None:
    first = told(LINE)
    with app.app_context(), transaction(write=True) as connection:
        link(connection, "abc12", Sender(account_id=first["id"], sender_id="U9"), "c1", match={}, at=NOW)
    run(f"channels remove {first['id']}")
    assert told("channels list") == []
    assert stored(app, first["id"]).secrets == {}
    assert run(f"channels remove {first['id']}").exit_code == 1
    again = told(LINE)
    assert again["id"] == first["id"]
    assert again["webhook_path"] != first["webhook_path"]


def findings(run: Run) -> Mapping[str, str]:
    told = json.loads(run("doctor --json").stdout)["findings"]
    return {one["what"].partition(": ")[2]: one["level"] for one in told if one["what"].startswith("line ")}


def test_the_doctor_says_what_an_account_lacks(run: Run, told: Told, app: Flask) -> None:
    account_id = told(LINE)["id"]
    first = findings(run)
    assert first["Its provider has not sent a message yet."] == "warn"
    assert first["Its provider cannot be told an https address to call."] == "warn"
    with app.app_context(), transaction(write=True) as connection:
        event = inbox.NewEvent(workspace_id="abc12", account_id=account_id, event_id="1", lane="a", payload={})
        inbox.store(connection, [event], NOW)
        services().channels.ensure(connection, "abc12", slug="line", address="U0", name="Empty", at=NOW)
    later = findings(run)
    assert later["Its provider called last at 2026-11-22 09:05 UTC."] == "ok"
    assert later[f"Its secret channel_secret is missing ({adapters()['line'].secrets[0].hint})."] == "fail"


def test_the_doctor_says_when_no_channel_is_there_or_no_key_opens_its_secrets(
    run: Run, told: Told, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No channel is connected yet." in run("doctor").stdout
    told(LINE)
    with app.app_context():
        monkeypatch.setattr(services().channels, "_box", SecretBox(["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]))
    assert findings(run)["Its stored secrets cannot be read."] == "fail"
    assert told("channels list")[0]["secrets"] is None
