"""A command line that Click refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from click.testing import Result

from app.settings import ROOT

Run = Callable[..., Result]
WRONG = {
    "links export": "Missing option '--workspace'.",
    "failed show seven": "'seven' is not a valid integer.",
    "workspaces add --id abc12 --region moon --token -": "'moon' is not one of",
    "failed list --limit 0": "0 is not in the range",
    "doctor --fxi": "No such option",
    "failed lost": "No such command 'lost'.",
    "nothing": "No such command 'nothing'.",
}


@pytest.mark.parametrize(("line", "told"), WRONG.items())
def test_with_json_it_is_told_in_json(run: Run, monkeypatch: pytest.MonkeyPatch, line: str, told: str) -> None:
    monkeypatch.setattr(sys, "argv", ["flask", *line.split(), "--json"])
    ended = run(f"{line} --json")
    assert ended.exit_code == 2
    assert told in json.loads(ended.stdout)["error"]
    assert ended.stderr == ""


@pytest.mark.parametrize(("line", "told"), WRONG.items())
def test_without_it_click_tells_people(run: Run, line: str, told: str) -> None:
    ended = run(line)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "Usage:" in ended.stderr
    assert told in ended.stderr


def test_the_command_itself_does_so(environment: dict[str, str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "failed", "show", "seven", "--json"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (2, "")
    assert "'seven' is not a valid integer." in json.loads(ended.stdout)["error"]
