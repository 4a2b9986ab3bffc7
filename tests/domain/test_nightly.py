"""When it is night for a workspace whose links are not walked yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.nightly import Due, NotDue, nightly

NIGHT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def due(
    now: datetime, *, zone: str = "UTC", started: datetime | None = None, finished: datetime | None = None
) -> object:
    return nightly(zone, now, started_at=started, finished_at=finished)


@pytest.mark.parametrize(
    ("zone", "utc_hour"),
    [("UTC", 2), ("Europe/Dublin", 4), ("Asia/Kolkata", 21), ("America/New_York", 8), ("Australia/Sydney", 16)],
)
def test_it_is_night_by_the_clock_of_the_workspace(zone: str, utc_hour: int) -> None:
    assert due(NIGHT.replace(hour=utc_hour, minute=30), zone=zone) == Due("new")
    assert due(NIGHT.replace(hour=(utc_hour + 6) % 24), zone=zone) == NotDue("not at night")


def test_the_night_is_from_two_to_five() -> None:
    hours = [hour for hour in range(24) if isinstance(due(NIGHT.replace(hour=hour)), Due)]
    assert hours == [2, 3, 4]


def test_a_walk_is_made_once_a_night() -> None:
    finished = NIGHT - timedelta(minutes=30)
    assert due(NIGHT, started=finished - timedelta(minutes=5), finished=finished) == NotDue("walked tonight")
    tomorrow = NIGHT + timedelta(days=1)
    assert due(tomorrow, started=finished - timedelta(minutes=5), finished=finished) == Due("new")


def test_a_walk_of_the_evening_before_is_none_of_the_night() -> None:
    evening = NIGHT - timedelta(hours=5)
    assert due(NIGHT, started=evening, finished=evening) == Due("new")


def test_a_walk_that_did_not_come_to_its_end_is_gone_on_with() -> None:
    assert due(NIGHT, started=NIGHT - timedelta(days=3)) == Due("resume")
    assert due(NIGHT.replace(hour=12), started=NIGHT) == NotDue("not at night")


def test_the_night_in_which_the_clocks_change_has_a_walk_too() -> None:
    """In Dublin 1:00 to 2:00 is left out on 29 March, and comes twice on 25 October."""
    for day in (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)):
        hours = [hour for hour in range(24) if isinstance(due(day.replace(hour=hour), zone="Europe/Dublin"), Due)]
        assert len(hours) == 3


@pytest.mark.parametrize("minutes_later", [10, 40, 100])
def test_a_walk_of_the_hour_that_comes_twice_was_tonight(minutes_later: int) -> None:
    """In Berlin it is 2:00 at 0:00 UTC and once more at 1:00."""
    finished = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    again = due(
        finished + timedelta(minutes=minutes_later),
        zone="Europe/Berlin",
        started=finished - timedelta(minutes=25),
        finished=finished,
    )
    assert again == NotDue("walked tonight")


def test_a_zone_that_nobody_knows_is_taken_for_utc() -> None:
    assert due(NIGHT, zone="Mars/Olympus") == Due("new")
