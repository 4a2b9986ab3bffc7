"""What `doctor` says of the walk over the links."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert

from app.cli.walk_checks import LATE_AFTER, check_walk
from app.domain.reconciling import Tally
from app.storage.database import transaction
from app.storage.models import ReconcileRun

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
Walked = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def walked(app: Flask) -> Walked:
    """What is said of a walk that began so long ago and ended at once, or not at all, with so many left to do."""

    def walked(ago: timedelta, *, ended: bool = True, left: int = 0) -> list[tuple[str, str]]:
        tally = Tally()
        for number in range(left):
            tally = tally.with_contact(str(number), repaired=False, code="not_served")
        row = {
            "workspace_id": "abc12",
            "started_at": NOW - ago,
            "finished_at": NOW - ago if ended else None,
            "after_contact_id": "",
            "checked": 9,
            "repaired": 0,
            "unresolved": tally.unresolved_json(),
            "claimed_until": None,
        }
        with app.app_context():
            with transaction(write=True) as connection:
                connection.execute(insert(ReconcileRun).values(**row))
            found = list(check_walk("abc12", NOW))
        assert all("flask --app wsgi" in one.mend for one in found if one.level != "ok")
        return [(one.level, one.what) for one in found]

    return walked


def test_before_the_first_walk_there_is_nothing_to_say(app: Flask) -> None:
    with app.app_context():
        assert list(check_walk("abc12", NOW)) == []


def test_all_is_right(walked: Walked) -> None:
    assert walked(timedelta(hours=6)) == [("ok", "The links were walked on 2026-11-22 03:00 UTC, and all are right.")]


@pytest.mark.parametrize(("left", "words"), [(1, "1 contact"), (1200, "1,200 contacts")])
def test_what_is_left_is_counted(walked: Walked, left: int, words: str) -> None:
    told = ("warn", f"The last walk over the links could not put {words} right.")
    assert walked(timedelta(hours=6), left=left) == [told]


@pytest.mark.parametrize("ended", [True, False])
def test_links_that_nobody_walks_any_more_are_told(walked: Walked, ended: bool) -> None:
    late, *_ = walked(LATE_AFTER + timedelta(hours=1), ended=ended)
    assert late == ("warn", "The links were last walked to their end before 2026-11-19.")


def test_a_walk_under_way_is_no_complaint(walked: Walked) -> None:
    assert walked(timedelta(minutes=5), ended=False) == []
