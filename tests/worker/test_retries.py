from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.work import Dead, Done, WaitUntil
from app.errors import AppError
from app.worker.retries import LONGEST_S, MAX_TRIES, PATIENCE, SHORTEST_S, after_fault, after_outcome, backoff_s

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
JUST_NOW, LONG_AGO = NOW - timedelta(hours=2), NOW - PATIENCE
LAST = MAX_TRIES - 1
LATER = NOW + timedelta(minutes=1)


class Outage(AppError):
    retryable = True


def test_waits_are_spread_between_two_seconds_and_a_limit_that_doubles() -> None:
    for attempts, limit_s in ((0, 4.0), (1, 8.0), (5, 128.0), (9, LONGEST_S), (10_000, LONGEST_S)):
        waits = [backoff_s(attempts) for _ in range(500)]
        assert SHORTEST_S <= min(waits) < SHORTEST_S + limit_s / 8
        assert limit_s * 0.9 < max(waits) <= limit_s


def test_a_fault_is_tried_again_under_its_name() -> None:
    settled = after_fault(KeyError("a name"), 3, JUST_NOW, NOW)
    assert isinstance(settled.outcome, WaitUntil)
    assert (settled.outcome.code, settled.attempts) == ("KeyError", 4)
    assert settled.outcome.at > NOW


@pytest.mark.parametrize(
    ("fault", "received_at", "dies"),
    [
        (KeyError(), JUST_NOW, True),
        (AppError("a rule of ours"), JUST_NOW, True),
        (Outage("no answer"), JUST_NOW, False),
        (Outage("no answer"), LONG_AGO, True),
    ],
    ids=["a bug", "a rule", "an outage", "an outage of a day"],
)
def test_only_what_may_pass_is_tried_for_a_day(fault: Exception, received_at: datetime, dies: bool) -> None:
    settled = after_fault(fault, LAST, received_at, NOW)
    assert isinstance(settled.outcome, Dead if dies else WaitUntil)
    assert settled.outcome.code == type(fault).__name__


def test_an_outage_longer_than_a_day_still_gets_all_its_tries() -> None:
    assert isinstance(after_fault(Outage("no answer"), LAST - 1, LONG_AGO, NOW).outcome, WaitUntil)


def test_a_wait_counts_unless_it_says_that_it_does_not() -> None:
    counted = WaitUntil(at=LATER, code="media_not_ready")
    assert (after_outcome(counted, 0, NOW, NOW).outcome, after_outcome(counted, 0, NOW, NOW).attempts) == (counted, 1)
    assert after_outcome(counted, LAST, LONG_AGO, NOW).outcome == Dead("media_not_ready")
    free = WaitUntil(at=LATER, code="rate_limited", counts=False)
    assert after_outcome(free, LAST, LONG_AGO, NOW).outcome == free
    assert after_outcome(free, LAST, LONG_AGO, NOW).attempts == LAST


def test_what_is_done_or_dead_stays_so() -> None:
    assert (after_outcome(Done(), 2, NOW, NOW).outcome, after_outcome(Done(), 2, NOW, NOW).attempts) == (Done(), 2)
    assert after_outcome(Dead("refused"), 2, NOW, NOW).outcome == Dead("refused")
