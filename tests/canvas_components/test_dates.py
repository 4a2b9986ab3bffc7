"""Dates and times in the one spelling that Intercom asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from canvas_components import canvas_date, canvas_datetime, canvas_time

MARCH = datetime(2026, 3, 4, 9, 5, 59, tzinfo=UTC)


def test_date_has_a_short_month_and_no_leading_zero() -> None:
    assert canvas_date(MARCH) == "Mar 4, 2026"


@pytest.mark.parametrize(
    ("hour", "wanted"),
    [(0, "12:05AM"), (9, "9:05AM"), (11, "11:05AM"), (12, "12:05PM"), (13, "1:05PM"), (23, "11:05PM")],
)
def test_time_has_twelve_hours_and_capitals(hour: int, wanted: str) -> None:
    assert canvas_time(MARCH.replace(hour=hour)) == wanted


def test_date_and_time_are_shown_in_the_given_zone() -> None:
    dublin, kiritimati = timezone(timedelta(hours=1)), timezone(timedelta(hours=14))
    evening = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert canvas_datetime(MARCH) == "Mar 4, 2026 at 9:05AM"
    assert canvas_datetime(evening, dublin) == "Jan 1, 2027 at 12:30AM"
    assert canvas_date(evening, kiritimati) == "Jan 1, 2027"


@pytest.mark.parametrize("show", [canvas_date, canvas_time, canvas_datetime])
def test_time_without_a_zone_is_an_error(show: Callable[[Any], str]) -> None:
    with pytest.raises(ValueError, match="say which zone"):
        show(datetime(2026, 3, 4))  # noqa: DTZ001 - the fault under test
