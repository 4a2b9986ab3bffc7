"""Web and workers die at any moment while Intercom is in trouble: what was acknowledged shows once and in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.sandbox.workspace import Workspace
from tests.crash.plan import SHORT, Found
from tests.crash.run import CrashTest
from tests.crash.senders import written
from tests.crash.verdict import compared, judge


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kinbox.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


def test_kills_lose_double_and_reorder_nothing(database_url: str, tmp_path: Path) -> None:
    report = CrashTest(SHORT, database_url, tmp_path).run()
    told = "\n".join(report.lines())
    assert report.found == Found(), told
    assert report.acknowledged == SHORT.messages, told
    assert sum(report.kills.values()) == SHORT.kills, told
    assert report.is_good, told


WANTED = ["a", "b", "b", "c"]


@pytest.mark.parametrize(
    ("seen", "fault"),
    [
        (["a", "b", "b", "c"], {}),
        (["a", "b", "c"], {"lost": 1}),
        (["a", "b", "b", "b", "c"], {"twice": 1}),
        (["a", "b", "c", "b"], {"misordered_senders": 1}),
        (["b", "a", "c"], {"lost": 1, "misordered_senders": 1}),
    ],
)
def test_the_verdict_sees_what_is_wrong_in_a_thread(seen: list[str], fault: dict[str, int]) -> None:
    assert +compared(WANTED, seen, holders=1) == fault


def test_the_verdict_misses_a_sender_without_a_contact_and_a_second_lead() -> None:
    assert +compared(["a"], [], holders=0) == {"lost": 1, "senders_without_contact": 1}
    assert +compared(["a"], ["a"], holders=2) == {"second_leads": 1}


def test_an_empty_workspace_has_lost_every_message() -> None:
    people = written(messages=9, senders=2, now_s=1_795_300_000)
    acknowledged = {one[0].sender: one for one in people}
    found = judge(Workspace(), acknowledged, dead=0, unfinished=0).found
    assert (found.lost, found.senders_without_contact) == (9, 2)
