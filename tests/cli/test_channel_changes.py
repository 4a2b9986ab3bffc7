"""`channels rename|rotate|pause|resume|check`, and the warning of a phone channel without a country."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from tests.cli.conftest import Run

LINE = "channels add line --workspace abc12 --name Shop --address U123 --set channel_secret=s3cret --json"


@pytest.fixture
def account(run: Run) -> int:
    run("workspaces add --id abc12 --region us --token none --offline")
    return int(json.loads(run(LINE).stdout)["id"])


def test_an_account_is_renamed(app: Flask, run: Run, account: int) -> None:
    words = ["channels", "rename", str(account), "Shop Dublin", "--json"]
    assert json.loads(app.test_cli_runner().invoke(args=words).stdout) == {"id": account, "name": "Shop Dublin"}
    assert "'Shop Dublin'" in run("channels list").stdout
    assert app.test_cli_runner().invoke(args=["channels", "rename", str(account), " "]).exit_code == 2


def test_secrets_are_rotated_and_never_shown(run: Run, account: int) -> None:
    result = run(f"channels rotate {account} --set channel_secret=- --json", input="an0ther\n")
    assert json.loads(result.stdout) == {"id": account, "rotated": ["channel_secret"]}
    assert "an0ther" not in result.output
    assert "Encrypted anew" in run(f"channels rotate {account}").stdout
    wrong = run(f"channels rotate {account} --set pin=1")
    assert wrong.exit_code == 2
    assert "channel_access_token" in wrong.stderr


def test_an_account_is_paused_and_resumed(run: Run, account: int) -> None:
    told = json.loads(run(f"channels pause {account} --json").stdout)
    assert told["id"] == account
    assert told["paused_at"].endswith("+00:00")
    assert " paused " in run("channels list").stdout
    assert "paused since" in run("doctor").stdout
    assert json.loads(run(f"channels resume {account} --json").stdout) == {"id": account, "paused_at": None}
    assert " paused " not in run("channels list").stdout


def test_a_check_ends_with_1_when_something_fails(run: Run, account: int) -> None:
    result = run(f"channels check {account}")
    assert result.exit_code == 0
    assert "Its provider has not sent a message yet." in result.stdout
    told = json.loads(run(f"channels check {account} --json").stdout)
    assert (told["id"], told["healthy"]) == (account, True)
    assert told["health"] == {
        "account_id": account,
        "last_event_at": None,
        "last_error": None,
        "last_error_at": None,
        "waiting": 0,
        "oldest_waiting_at": None,
        "dead": 0,
        "paused_at": None,
    }


@pytest.mark.parametrize("verb", ["rename 999 x", "rotate 999", "pause 999", "resume 999", "check 999", "remove 999"])
def test_an_account_that_is_not_there_is_told(run: Run, account: int, verb: str) -> None:
    for line in (f"channels {verb}", f"channels {verb.replace('999', str(account))} --workspace other"):
        result = run(line)
        assert result.exit_code == 1
        assert "channels list" in result.stderr


def test_a_phone_channel_without_a_country_is_added_with_a_warning(run: Run, account: int) -> None:
    line = "channels add twilio --workspace abc12 --name Shop --address +14155550100 --set auth_token=t0 --json"
    result = run(line)
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert set(told) == {"id", "webhook_url", "webhook_path", "warning"}
    assert "country" in told["warning"]
    assert told["warning"] in result.stderr
    run("workspaces set abc12 country=IE")
    assert "warning" not in json.loads(run(line.replace("0100", "0101")).stdout)
