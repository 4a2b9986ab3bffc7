"""Bodies of conversation parts are HTML; the thread shows their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.workbench.plain_body import plain_body


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (None, ""),
        ("<p>Hello</p>", "Hello"),
        ("<p>One<br>two</p><p>three</p>", "One\ntwo\nthree"),
        ("<p>Tea &amp; &lt;b&gt;cake&lt;/b&gt;</p>", "Tea & <b>cake</b>"),
        ("<p>a <b>bold</b>  word\n here</p>", "a bold word here"),
        ("<script>alert(1)</script><p>x</p>", "x"),
        ('<p><img src="https://img.example/x.png" alt="A table"></p>', "[picture: A table]"),
        ("plain", "plain"),
    ],
)
def test_the_words_of_a_body_are_kept_and_its_markup_is_not(html: str | None, text: str) -> None:
    assert plain_body(html) == text


@given(st.text(alphabet="<>&;/!-ab p=\"'\n", max_size=60))
def test_no_body_is_too_broken_to_read(html: str) -> None:
    assert isinstance(plain_body(html), str)
