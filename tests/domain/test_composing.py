"""What a message becomes as text in Intercom."""

from __future__ import annotations

import html
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.composing import body_of, described, escaped, plain_form
from app.domain.message import Attachment, InboundMessage, Kind


def message(text: str) -> InboundMessage:
    return InboundMessage(sender_id="1", event_id="e", message_id="m", text=text)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Tom & Jerry", "Tom & Jerry"),
        ("1 < 2 > 0", "1 &lt; 2 &gt; 0"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("a\nb", "a\nb"),
        ("  as sent  ", "  as sent  "),
    ],
)
def test_text_is_as_it_was_sent_and_no_markup(text: str, body: str) -> None:
    assert body_of(message(text)) == body
    assert html.unescape(body) == text


def test_an_empty_message_says_so() -> None:
    assert body_of(message("  \n")) == "(no text)"


def test_attachments_that_are_no_files_are_lines_of_text() -> None:
    place = Attachment(kind=Kind.LOCATION, description="Kopfstraße 1 <b>")
    picture = Attachment(kind=Kind.IMAGE)
    lines = [described(place), described(picture, "it is larger than 20 MB")]
    assert body_of(message("Here"), lines) == (
        "Here\n[location: Kopfstraße 1 &lt;b&gt;]\n[image - it is larger than 20 MB]"
    )


@pytest.mark.parametrize(
    ("served", "sent"),
    [
        ("<p>Hello<br>there</p>", "Hello\nthere"),
        ("<p>1 &lt; 2</p>", "1 &lt; 2"),
        ("<p>1 &amp;lt; 2</p>", "1 &lt; 2"),
        ("<p>a</p><p>b</p>", "a\nb"),
    ],
)
def test_what_intercom_serves_is_recognised_as_what_was_sent(served: str, sent: str) -> None:
    assert plain_form(served) == plain_form(sent)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(alphabet=st.sampled_from("<>&;#ltgamp/b \"'a1\n") | st.characters(codec="utf-8")))
def test_no_text_becomes_markup_and_none_changes_for_the_reader(text: str) -> None:
    tags = _Tags()
    tags.feed(escaped(text))
    tags.close()
    assert tags.found == []
    assert "<" not in escaped(text)
