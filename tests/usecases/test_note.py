"""P8: the note in the conversation is HTML, and a name in it stays a name."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from app.usecases.note import merge_note
from tests.sidebar.hostile import TEXTS


class Seen(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag if not attrs else f"{tag} with attributes")

    def handle_comment(self, data: str) -> None:
        self.tags.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.tags.append("declaration")

    def handle_data(self, data: str) -> None:
        self.text += data


def test_it_says_who_merged_whom() -> None:
    assert Seen(merge_note("Rosa", "Ann <3", "Ann O'Neill")).text == (
        "Rosa merged the lead Ann <3 into the user Ann O'Neill with Kinbox. This cannot be undone."
    )


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_name_becomes_neither_tag_nor_link(text: str) -> None:
    seen = Seen(merge_note(text, text, text))
    assert seen.tags == ["p", "b", "b"]
    assert not re.search(r"\w://|://\w|www\.", seen.text, re.IGNORECASE)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]", seen.text)
    assert len(seen.text) < 400


def test_an_empty_name_is_told_as_such() -> None:
    assert "merged the lead (no name) into" in Seen(merge_note("Rosa", " \u200b", "Ann")).text
