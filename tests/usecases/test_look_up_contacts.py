"""Going along merges until somebody is served, whatever Intercom answers on the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from app.intercom.client import Intercom
from app.usecases.look_up_contacts import Seen, look, search_by_id

BASE = "https://api.intercom.io"
INTERCOM = Intercom(BASE, "token-of-the-tests")


@pytest.fixture
def answers() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def merged(answers: responses.RequestsMock, contact_id: str, into_id: str | None) -> None:
    headers = {"Link": f'</contacts/{into_id}>; rel="canonical"'} if into_id else {}
    body = {"type": "error.list", "errors": [{"code": "contact_merged", "message": "merged"}]}
    answers.get(f"{BASE}/contacts/{contact_id}", json=body, status=410, headers=headers)


def nobody(contact_id: str) -> str:
    return contact_id


def test_a_chain_is_followed_to_its_end(answers: responses.RequestsMock) -> None:
    merged(answers, "a", "b")
    merged(answers, "b", "c")
    answers.get(f"{BASE}/contacts/c", json={"type": "contact", "id": "c", "role": "user"})
    seen = look(INTERCOM, "a", nobody)
    assert (seen.end_id, seen.merged, seen.code) == ("c", ("a", "b"), None)
    assert seen.contact is not None


@pytest.mark.parametrize("circle", ["ab", "abc", "abcde"])
def test_a_circle_has_no_end(circle: str, answers: responses.RequestsMock) -> None:
    for one, other in zip(circle, circle[1:] + circle[0], strict=True):
        merged(answers, one, other)
    assert look(INTERCOM, "a", nobody) == Seen("a", code="merge_loop")


def test_a_circle_that_does_not_come_back_to_its_beginning_ends_too(answers: responses.RequestsMock) -> None:
    for one, other in (("a", "b"), ("b", "c"), ("c", "b")):
        merged(answers, one, other)
    assert look(INTERCOM, "a", nobody) == Seen("a", code="merge_loop")


def test_a_survivor_that_is_not_named_is_the_one_that_was_known(answers: responses.RequestsMock) -> None:
    merged(answers, "a", None)
    answers.get(f"{BASE}/contacts/c", json={"type": "contact", "id": "c", "role": "user"})
    assert look(INTERCOM, "a", {"a": "c"}.__getitem__).end_id == "c"


def test_a_survivor_that_nobody_knows_is_told(answers: responses.RequestsMock) -> None:
    merged(answers, "a", None)
    assert look(INTERCOM, "a", nobody) == Seen("a", code="merged_nowhere")


def test_merges_before_somebody_who_is_gone_are_known(answers: responses.RequestsMock) -> None:
    merged(answers, "a", "b")
    answers.get(f"{BASE}/contacts/b", json={}, status=404)
    assert look(INTERCOM, "a", nobody) == Seen("b", ("a",), code="not_served")


def test_an_unreadable_search_shows_nobody(answers: responses.RequestsMock) -> None:
    answers.post(f"{BASE}/contacts/search", json={"data": "soon"})
    assert search_by_id(INTERCOM, ["a", "b"]) == {}
