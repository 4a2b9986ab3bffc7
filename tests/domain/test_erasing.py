from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.erasing import ERASED, call_mentions, match_without, mentions, without_words
from app.domain.identity import Match

WORDS = st.sets(st.text(min_size=2, max_size=12).filter(lambda text: text not in ERASED), max_size=4)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=12,
)


@given(DOCUMENTS, WORDS)
def test_no_value_is_one_of_the_words_and_the_shape_stays(document: object, words: set[str]) -> None:
    left = without_words({"kept": document}, words | {"gone"})
    assert list(left) == ["kept"]
    assert not words & set(texts(left["kept"]))


def texts(document: object) -> list[str]:
    if isinstance(document, dict):
        return [one for pair in document.items() for each in pair for one in texts(each)]
    if isinstance(document, list):
        return [one for each in document for one in texts(each)]
    return [document] if isinstance(document, str) else []


@given(DOCUMENTS)
def test_without_words_nothing_changes(document: object) -> None:
    assert without_words(document, ()) == document


def test_a_number_goes_as_a_whole_and_stays_inside_a_longer_one() -> None:
    details = {"from": "+353861234567", "text": "call 123456 or +353861234567", "id": 123456, "other": "1234567"}
    assert without_words(details, {"123456", "+353861234567"}) == {
        "from": ERASED,
        "text": f"call {ERASED} or {ERASED}",
        "id": ERASED,
        "other": "1234567",
    }


def test_a_name_goes_also_where_words_have_no_spaces() -> None:
    assert without_words("请联系王小明先生", {"王小明"}) == f"请联系{ERASED}先生"


def test_mentions_are_of_whole_words() -> None:
    assert mentions('{"from": "5201340987"}', {"5201340987"})
    assert not mentions('{"from": "15201340987"}', {"5201340987"})


@pytest.mark.parametrize(
    "raw",
    [
        "From=%2B14155550123&Body=Hello",
        "from=whatsapp%3A%2B14155550123",
        "n=a+14155550123",
        "payload=%7B%22from%22%3A%22%5Cu002b14155550123%22%7D",
        r'{"from":"\u002b14155550123"}',
        r'{"text":"Hello\n14155550123"}',
        r'{"text":"\ud83d\ude0014155550123"}',
        '{"from":14155550123',
    ],
)
def test_a_call_that_nobody_could_read_names_its_sender(raw: str) -> None:
    assert call_mentions(raw, {"+14155550123", "14155550123"})


@pytest.mark.parametrize("raw", ["From=%2B114155550123", r'{"a":"\\u002b4155550123"}', r"\u00", "%2", "\\", ""])
def test_a_call_of_somebody_else_does_not(raw: str) -> None:
    assert not call_mentions(raw, {"+14155550123", "14155550123"})


@given(st.text(), WORDS)
def test_any_call_can_be_searched(raw: str, words: set[str]) -> None:
    assert call_mentions(raw, words) or not mentions(raw, words)


def test_a_teammate_who_is_called_like_the_person_stays() -> None:
    before = Match("phone", "+14155550123", ("a", "b"))
    match = Match("teammate", "Maya", ("a", "c"), before)
    assert match_without(match, {"a"}, {"Maya", "+14155550123"}) == Match(
        "teammate", "Maya", ("c",), Match("phone", ERASED, ("b",))
    )
