"""Every reason that the worker can give a message up for has words of its own, and a line is a line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.domain.work import Superseded
from app.intercom import errors
from app.intercom.errors import IntercomError
from app.sidebar.reasons import failure
from app.storage.database import DatabaseUnavailable
from app.usecases.bridge.post_message import MediaNotReady
from app.usecases.bridge.steps import StillInDoubt
from canvas_components import text_height_px

ONE_LINE_PX = text_height_px("x")
UNFORESEEN = failure(Superseded.__name__)
NOT_FROM_THE_BRIDGE = {"InvalidMerge", "ExternalLead", "FacebookContact", "NotRestorable"}
"""What Intercom answers to calls that only the sidebar makes."""


def codes() -> Iterator[str]:
    yield from ("channel_removed", "workspace_removed", "media_not_ready", "disconnected", "in_doubt", "Refused")
    yield from ("intercom_400_bad_request", "intercom_403_refused", "intercom_404_not_found", "intercom_None_refused")
    for fault in (StillInDoubt, MediaNotReady, DatabaseUnavailable):
        yield fault.__name__
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, IntercomError) and kind is not IntercomError:
            yield name


@pytest.mark.parametrize("code", sorted(set(codes()) - NOT_FROM_THE_BRIDGE))
def test_a_known_code_has_words_that_say_what_to_do(code: str) -> None:
    line, sentence = failure(code)
    assert (line, sentence) != UNFORESEEN
    assert text_height_px(line) == ONE_LINE_PX
    assert "ry again" in sentence


@pytest.mark.parametrize("code", ["KeyError", "", "intercom", "odd_sender_id", "[x](https://evil.example)"])
def test_an_unforeseen_code_is_not_shown_itself(code: str) -> None:
    for words in failure(code):
        assert words
        assert code == "" or code not in words


def test_a_refusal_is_told_by_its_status() -> None:
    assert failure("intercom_403_api_plan_restricted") == failure("Forbidden")
    assert failure("intercom_422_parameter_invalid") == failure("Refused")
