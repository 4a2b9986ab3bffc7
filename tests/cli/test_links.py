"""`links export|import`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

HEAD = "channel,account,sender_id,contact_id,name\n"
Told = Callable[[str], Any]


@pytest.fixture
def write(run: Run, tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of rows, beside a workspace with a bot."""
    run("workspaces add --id abc12 --region us --token none --offline")
    run("channels add telegram --workspace abc12 --name Bot --address 5012345678 --set secret_token=s")

    def write(*rows: str) -> Path:
        path = tmp_path / "links.csv"
        path.write_text("\ufeff" + HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        return path

    return write


def test_links_come_in_and_go_out(run: Run, told: Told, write: Callable[..., Path]) -> None:
    path = write("telegram,5012345678,77,c1,ゆき", "telegram,5012345678,78,c2,")
    dry = run(f"links import --workspace abc12 --dry-run {path}")
    assert dry.exit_code == 0
    assert dry.stdout.startswith("All 2 rows can be imported: 2 new, 0 replaced, 0 as they were.")
    assert told("links export --workspace abc12") == []
    answer = {"rows": 2, "new": 2, "replaced": 0, "same": 0, "bad": [], "done": True}
    assert told(f"links import --workspace abc12 {path}") == answer
    lines = run("links export --workspace abc12").stdout.splitlines()
    assert lines[0] == "channel,account,sender_id,contact_id,phone,handle,name,rule,linked_at"
    assert lines[1].startswith("telegram,5012345678,77,c1,,,ゆき,imported,")
    assert [one["name"] for one in told("links export --workspace abc12")] == ["ゆき", None]


def test_a_list_may_come_from_standard_input(run: Run, write: Callable[..., Path]) -> None:
    text = f"{HEAD}telegram,5012345678,77,c1,\n"
    assert run("links import --workspace abc12 -", input=text).stdout.startswith("Imported 1 rows")


def test_wrong_rows_end_with_1_and_are_named(run: Run, told: Told, write: Callable[..., Path]) -> None:
    path = write("telegram,5012345678,77,c1,", "telegram,999,78,c2,")
    result = run(f"links import --workspace abc12 {path}")
    assert result.exit_code == 1
    assert "line 3: this workspace has no telegram account with that address." in result.stdout
    [bad] = told(f"links import --workspace abc12 {path}")["bad"]
    assert bad["line"] == 3


def test_a_file_that_is_none_ends_with_1(run: Run, write: Callable[..., Path]) -> None:
    path = write()
    path.write_bytes(b"\xff\xfe\x00")
    result = run(f"links import --workspace abc12 {path} --json")
    assert result.exit_code == 1
    assert "UTF-8" in json.loads(result.stdout)["error"]
    assert run(f"links import --workspace other {path}").exit_code == 1
    assert run("links import --workspace abc12 /no/such/file").exit_code == 2
