"""Customers' texts: readable as they were, and harmless in whatever Markdown they land in."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canvas_components import ComponentError, bold, link, plain

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no fault of the code."""

ZWSP = "\u200b"
ASTRONAUT = "👩🏽\u200d🚀"
PERSIAN = "می\u200cخواهم"
MALAYALAM = "അനില്\u200d"

MARKUP = "[]()!*_`~<>\\&#^:/.-+=| \n\t\u200b\u200d\u200c\u202e\u2028"
hostile = st.text(st.one_of(st.sampled_from(MARKUP + "aAZ1é漢\u0301\u0338\u094d🚀\ufe0f\u1fefﬁK"), st.characters()))
words = st.sampled_from(
    [
        "https://evil.example",
        "www.evil.example",
        "mailto:a@b",
        "JavaScript:",
        "[x]",
        "(y)",
        "**b**",
        "_e_",
        "<b>",
        "&lt;",
    ]
)
texts = st.one_of(st.text(), hostile, st.lists(st.one_of(words, hostile)).map("".join))

DANGEROUS = re.compile(
    r"[*`<>\\~\r\n\t\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\][(\[:\]]|\[[\[^]|[!^]\["
    r"|www\.|mailto:|javascript:|data:|tel:|(?<!:)//|[a-z]://|://\w|__|==|&#|&lt|&gt|&[a-z]\w*;"
    r"|^[#|=]|^[-+] |^\d+[.)] ",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    "name",
    [
        "Ann Stone",
        "Ann (Dublin)",
        "Ann [VIP]",
        "O'Neill",
        "O’Neill-Smith, Jr.",
        "john_doe",
        "first.last_name+tag@shop.example",
        "shop.example",
        "+44 20 7946 0958",
        "AT&T & Sons",
        "Dr. Zoë Ångström",
        "50% off? Yes!",
        "R2/D2 #1 = ok",
        "José",
        "Зоя Иванова",
        "佐藤 花子",
        "محمد علي",
        "नरेंद्र मोदी",
        "Nguyễn Thị Ánh",
        "אברהם",
        "한글 이름",
        "👨\u200d👩\u200d👧\u200d👦",
        "🙂\u200d↔️",
        "🇮🇪 Ann",
        ASTRONAUT,
        PERSIAN,
        MALAYALAM,
    ],
)
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert plain(unicodedata.normalize("NFC", name)) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (None, ""),
        ("", ""),
        (" \n\t ", ""),
        ("[Ann](https://evil.example)", f"[Ann] (https{ZWSP}://{ZWSP}evil.example)"),
        ("[Ann]\u200b(x)", "[Ann] (x)"),
        ("[Ann]\n(x)", "[Ann] (x)"),
        ("[Ann][1]", "[Ann] [1]"),
        ("[1]: x", "[1] : x"),
        ("![pic](x)", "! [pic] (x)"),
        ("a==b==", f"a={ZWSP}=b={ZWSP}="),
        ("[^1] [[wiki]]", "[ ^1] [ [wiki] ]"),
        ("**Ann** *B*", "∗∗Ann∗∗ ∗B∗"),
        ("`rm`", "ˋrmˋ"),
        ("\u1fef", "ˋ"),
        ("<b>Ann</b><br/>", "‹b›Ann‹/b›‹br/›"),
        ("&lt;b&#62;", f"&{ZWSP}lt;b&{ZWSP}#62;"),
        ("a\\*b", "a⧵∗b"),
        ("~~gone~~", "˜˜gone˜˜"),
        ("_Ann_ __B__ c__d", "ˍAnnˍ ˍˍBˍˍ cˍˍd"),
        ("http://evil.example", f"http{ZWSP}://{ZWSP}evil.example"),
        ("WWW.evil.example", f"WWW{ZWSP}.evil.example"),
        ("//evil.example", f"/{ZWSP}/evil.example"),
        ("mailto:a@b.example", f"mailto{ZWSP}:a@b.example"),
        ("JavaScript:alert(1)", f"JavaScript{ZWSP}:alert(1)"),
        ("data:text/html,x", f"data{ZWSP}:text/html,x"),
        ("tel:+15550100", f"tel{ZWSP}:+15550100"),
        ("# Ann", f"{ZWSP}# Ann"),
        ("1. Ann", f"{ZWSP}1. Ann"),
        ("- Ann", f"{ZWSP}- Ann"),
        ("Ann\r\n\r\n# Big", "Ann # Big"),
        ("Ann\u2028Stone\u00a0 \u3000x", "Ann Stone x"),
        ("a\u202eevil\u2066\u00ad\ufeff", "aevil"),
        ("A\u200dnn \u200d", "Ann"),
        ("\u3164\u2800", ""),
        ("Ann\ud83d", "Ann"),
        ("e\u0301", "é"),
        ("Ann\U000e0041\U000e0042", "Ann"),
    ],
)
def test_markup_is_broken_and_hidden_characters_are_gone(text: str | None, wanted: str) -> None:
    assert plain(text) == wanted


@unhurried
@given(texts)
def test_nothing_dangerous_is_ever_left(text: str) -> None:
    made = plain(text)
    assert DANGEROUS.search(made) is None
    assert made == made.strip(" ")
    assert "  " not in made


@unhurried
@given(texts)
def test_only_joiners_that_join_and_our_own_breaks_are_left_of_the_invisible(text: str) -> None:
    visible_formats = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
    for character in plain(text):
        category = unicodedata.category(character)
        assert category not in {"Cc", "Cs", "Zl", "Zp"}
        if category == "Cf" and not "\U00013430" <= character <= "\U0001345f":
            assert character in visible_formats + ZWSP + "\u200c\u200d"


@unhurried
@given(texts)
def test_escaping_twice_is_escaping_once(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@unhurried
@given(texts)
def test_result_is_at_most_about_twice_as_long(text: str) -> None:
    assert len(plain(text)) <= 2 * len(unicodedata.normalize("NFC", text)) + 1


@unhurried
@given(texts)
def test_result_is_composed_and_can_be_sent(text: str) -> None:
    made = plain(text)
    assert unicodedata.is_normalized("NFC", made)
    assert made.encode().decode() == made


@unhurried
@given(texts, st.integers(1, 20))
def test_limit_is_kept_and_escaping_twice_is_still_escaping_once(text: str, limit: int) -> None:
    made = plain(text, limit=limit)
    assert len(made) <= limit
    assert plain(made, limit=limit) == made
    assert DANGEROUS.search(made) is None
    if made != plain(text):
        assert made.endswith("…")


@unhurried
@given(st.text(st.sampled_from("ae\u0301\u0327क्षि\u200d👩🏽🚀🇮🇪\ufe0f ")), st.integers(1, 12))
def test_limit_never_cuts_through_a_combining_sequence(text: str, limit: int) -> None:
    whole, made = plain(text), plain(text, limit=limit)
    if made != whole:
        rest = whole[len(made) - 1 :]
        kept = made[:-1]
        assert not kept.endswith("\u200d") or kept.endswith("\u094d\u200d")
        assert not (kept and rest) or unicodedata.category(rest[0])[0] != "M"


@pytest.mark.parametrize(
    ("text", "limit", "wanted"),
    [
        ("Ann Stone", 9, "Ann Stone"),
        ("Ann Stone", 8, "Ann Sto…"),
        ("Ann Stone", 5, "Ann…"),
        ("Ann Stone", 1, "…"),
        ("x" + ASTRONAUT, 4, "x…"),
        ("🇮🇪🇫🇷", 4, "🇮🇪🇫🇷"),
        ("🇮🇪🇫🇷", 3, "🇮🇪…"),
        ("qe\u0323\u0302\u0331\u0331z", 4, "q…"),
        ("see https://evil.example", 12, "see https:…"),
    ],
)
def test_limit_cuts_between_whole_letters(text: str, limit: int, wanted: str) -> None:
    assert plain(text, limit=limit) == wanted


def test_limit_below_one_is_an_error() -> None:
    with pytest.raises(ValueError, match="limit of 0"):
        plain("Ann", limit=0)


@pytest.mark.parametrize(
    ("label", "wanted"),
    [("Ann", "**Ann**"), ("A*n*n**", "**A∗n∗n∗∗**"), (None, ""), (" ", "")],
)
def test_bold_holds_whatever_the_customer_wrote(label: str | None, wanted: str) -> None:
    assert bold(label) == wanted


@pytest.mark.parametrize(
    ("label", "url", "wanted"),
    [
        ("Ann", "https://x.example/a?b=1&c=%20#d", "[Ann](https://x.example/a?b=1&c=%20#d)"),
        ("An]n [x](y)", "https://x.example/", "[An］n ［x］ (y)](https://x.example/)"),
        ("Ann", "https://x.example/(a)*[b]é", "[Ann](https://x.example/%28a%29%2A%5Bb%5D%C3%A9)"),
    ],
)
def test_link_can_be_broken_neither_by_its_label_nor_by_its_url(label: str, url: str, wanted: str) -> None:
    assert link(label, url) == wanted


@pytest.mark.parametrize(
    ("label", "url", "field"),
    [
        (None, "https://x.example/", "label"),
        ("Ann", "http://x.example/", "url"),
        ("Ann", "javascript:alert(1)", "url"),
        ("Ann", "https://x.example/ a", "url"),
        ("Ann", "https://exämple.example/", "url"),
    ],
)
def test_link_without_a_label_or_a_safe_url_is_an_error(label: str | None, url: str, field: str) -> None:
    with pytest.raises(ComponentError) as caught:
        link(label, url)
    assert caught.value.field == field


@unhurried
@given(texts, st.text(st.characters(min_codepoint=33, exclude_characters="\\"), min_size=1))
def test_link_is_one_link_to_the_given_url(label: str, path: str) -> None:
    try:
        made = link(label, f"https://x.example/{path}")
    except ComponentError:
        return
    assert re.fullmatch(r"\[[^\[\]]+\]\(https://x\.example/[^()\s<>\[\]*`\\]*\)", made)
