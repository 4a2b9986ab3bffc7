"""How much of Intercom's allowance long work takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.pacing import LONGEST_PAUSE, SHORTEST_PAUSE, Rate, Window

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
RESET = NOW + timedelta(seconds=10)


def walked(limit: int, others: list[int]) -> int:
    """How many calls long work makes in one window in which others make so many before each of its own."""
    used = own = 0
    window: Window | None = None
    for calls in others:
        used += calls
        if used >= limit:
            return own
        used, own = used + 1, own + 1
        rate = Rate(limit, limit - used, RESET)
        window = Window(rate) if window is None else window.after(rate, NOW)
        if window.pause_until(NOW) is not None:
            return own
    return own


@given(limit=st.integers(1, 300), others=st.lists(st.integers(0, 40), min_size=1, max_size=300))
def test_it_never_takes_more_than_it_leaves(limit: int, others: list[int]) -> None:
    """Of what there was when the last answer told it; but the first call of a window is always made."""
    own = walked(limit, others)
    of_others = sum(others[: own - 1]) if own else 0
    assert own <= max(1, (limit - of_others) / 2)


def test_alone_it_takes_half() -> None:
    assert walked(1666, [0] * 1666) == 833


def test_it_waits_for_the_end_of_the_window() -> None:
    assert Window(Rate(2, 1, RESET)).pause_until(NOW) == RESET


def test_a_clock_that_runs_ahead_of_intercom_s_looks_again_a_moment_later() -> None:
    late = RESET + timedelta(seconds=5)
    assert Window(Rate(2, 1, RESET)).pause_until(late) == late + SHORTEST_PAUSE


def test_a_window_that_ends_far_away_is_looked_at_again() -> None:
    assert Window(Rate(2, 1, NOW + timedelta(days=1))).pause_until(NOW) == NOW + LONGEST_PAUSE


def test_a_new_window_begins_the_count_anew() -> None:
    window = Window(Rate(20, 11, RESET), used=9)
    later = RESET + timedelta(seconds=1)
    assert window.after(Rate(20, 19, RESET + timedelta(seconds=10)), later).used == 1
    # Others were faster in the new window, but its end is another.
    assert window.after(Rate(20, 5, RESET + timedelta(seconds=10)), later).used == 1
    assert window.after(Rate(20, 10, RESET), NOW).used == 10


def test_an_end_that_moves_with_each_call_does_not_begin_it_anew() -> None:
    window = Window(Rate(20, 19, RESET))
    for call in range(1, 10):
        window = window.after(Rate(20, 19 - call, RESET + timedelta(seconds=call)), NOW + timedelta(seconds=call))
    assert window.used == 10
    assert window.pause_until(NOW) is not None
