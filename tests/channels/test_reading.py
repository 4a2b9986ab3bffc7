"""Reading what providers send, with its oddities."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.channels.base import BadSignature
from app.channels.reading import count_of, instant, poison, text_of
from app.channels.signing import hmac_sha256, require_same

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("  two blanks stay  ", "  two blanks stay  "),
        ("😀 é e\u0301 \u200d", "😀 é e\u0301 \u200d"),
        (5912661846655238145, "5912661846655238145"),
        ("cut \ud83d", "cut \ufffd"),
        ("nul \0 inside", "nul \ufffd inside"),
        ("", None),
        (True, None),
        (None, None),
        (["x"], None),
    ],
)
def test_a_text_stays_as_it_is_unless_no_database_can_keep_it(sent: Any, read: str | None) -> None:
    assert text_of({"text": sent}, "text") == read


@pytest.mark.parametrize(
    ("sent", "read"), [(20480, 20480), ("20480", 20480), (-1, None), ("²", None), ("9" * 20, None)]
)
def test_a_count_is_a_whole_number_that_is_not_negative(sent: Any, read: int | None) -> None:
    assert count_of({"size": sent}, "size") == read


@pytest.mark.parametrize(
    "sent", ["²", "--5", "1.5.2", "", "9" * 30, float("nan"), float("inf"), 10**40, True, None, []]
)
def test_a_time_that_nobody_can_read_is_none(sent: Any) -> None:
    assert instant(sent, received_at=NOW) is None


@pytest.mark.parametrize("sent", [1793617812, "1793617812", 1793617812000, "1793617812000", " 1793617812 "])
def test_seconds_and_milliseconds_are_told_apart_by_their_size(sent: Any) -> None:
    assert instant(sent, received_at=NOW) == datetime(2026, 11, 2, 11, 10, 12, tzinfo=UTC)


def test_an_unreadable_event_is_kept_with_what_it_lacks() -> None:
    kept = poison({"text": "hello \ud83d"}, KeyError("id"), event_id="7")
    assert (kept.event_id, kept.reason, kept.raw) == ("7", "it has no id", '{"text": "hello \\ud83d"}')


def test_an_event_nested_too_deep_is_told_of_all_the_same() -> None:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    assert poison(nested, KeyError("id")).raw == "(nested too deep to be kept)"


@pytest.mark.parametrize("given", ["", "secre", "secret ", "SECRET", "sécret", "\udcff"])
def test_only_the_same_text_proves_anything(given: str) -> None:
    with pytest.raises(BadSignature):
        require_same("secret", given)
    require_same("secret", "secret")


def test_a_secret_that_was_never_given_proves_nothing() -> None:
    with pytest.raises(BadSignature):
        require_same("", "")
    with pytest.raises(BadSignature):
        hmac_sha256("", b"body")
