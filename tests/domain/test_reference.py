"""What a teammate's text may mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import reference
from app.domain.reference import Interpretation, Reference, UnreadableReference, read_reference

ID = "5fb1c2d3e4f5a6b7c8d9e0f1"
UUID = "0f6d2c1e-7a41-4c54-9b1f-3d3f0c9a7b10"
APP = "https://app.intercom.com/a/apps/ab12cd34"


def meaning(text: str, region: str | None = "US") -> list[tuple[str, str]]:
    read = read_reference(text, workspace_id="ab12cd34", region=region)
    assert isinstance(read, Reference)
    return [(one.kind, one.value) for one in read.interpretations]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ID, [("contact_id", ID), ("external_id", ID)]),
        (ID.upper(), [("contact_id", ID), ("external_id", ID.upper())]),
        ("maya@example.com", [("email", "maya@example.com"), ("external_id", "maya@example.com")]),
        (UUID, [("external_id", UUID)]),
        ("auth0|7d1", [("external_id", "auth0|7d1")]),
        ("Maya R.", [("external_id", "Maya R.")]),
        ("a@b", [("external_id", "a@b")]),
        ("https://id.example.com/maya", [("external_id", "https://id.example.com/maya")]),
        (
            f"https://app.intercom.com.example.com/a/apps/x/users/{ID}",
            [("external_id", f"https://app.intercom.com.example.com/a/apps/x/users/{ID}")],
        ),
    ],
)
def test_ids_and_emails_are_told_apart_by_their_shape(text: str, expected: list[tuple[str, str]]) -> None:
    assert meaning(text) == expected


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("+1 415 555 0100", None, [("phone", "+14155550100"), ("external_id", "+1 415 555 0100")]),
        ("(415) 555-0100", "US", [("phone", "+14155550100"), ("external_id", "(415) 555-0100")]),
        ("(415) 555-0100", None, [("external_id", "(415) 555-0100")]),
        ("tel:+14155550100", None, [("phone", "+14155550100")]),
        ("whatsapp: +14155550100", None, [("phone", "+14155550100")]),
        ("4155550100", "US", [("phone", "+14155550100"), ("external_id", "4155550100")]),
        ("01632960123", "GB", [("phone", "+441632960123"), ("external_id", "01632960123")]),
        ("33312345", "NO", [("external_id", "33312345"), ("phone", "+4733312345")]),
        ("48213", "US", [("external_id", "48213")]),
        ("tel:48213", "US", [("external_id", "tel:48213")]),
        ("(415) 555 (0100)", "US", [("phone", "+14155550100"), ("external_id", "(415) 555 (0100)")]),
        ("１-415-555-0100", None, [("phone", "+14155550100"), ("external_id", "１-415-555-0100")]),
    ],
)
def test_a_phone_is_read_with_the_workspaces_country(
    text: str, region: str | None, expected: list[tuple[str, str]]
) -> None:
    assert meaning(text, region) == expected


@pytest.mark.parametrize("host", ["app.intercom.com", "app.eu.intercom.com", "app.au.intercom.com"])
@pytest.mark.parametrize(
    "path",
    [
        f"/a/apps/ab12cd34/users/{ID}",
        f"/a/apps/ab12cd34/users/{ID}/",
        f"/a/apps/ab12cd34/users/{ID}/all-conversations",
        f"/a/apps/ab12cd34/users/{ID}?tab=events#notes",
        f"/a/apps/ab12cd34/users/show?id={ID}",
        f"/a/apps/AB12CD34/users/{ID.upper()}",
        f"/users/show?id={ID}",
    ],
)
@pytest.mark.parametrize("scheme", ["https://", "HTTPS://", "http://", ""])
def test_every_profile_link_names_its_contact(scheme: str, host: str, path: str) -> None:
    assert meaning(f"{scheme}{host}{path}") == [("contact_id", ID)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("user_id=a%2Fb", ("external_id", "a/b")),
        ("email=maya%40example.com", ("email", "maya@example.com")),
        ("email=maya+shop@example.com", ("email", "maya+shop@example.com")),
        ("email=maya%2Bshop%40example.com", ("email", "maya+shop@example.com")),
        (f"id={ID}&email=maya%40example.com", ("contact_id", ID)),
        ("id=7&user_id=u-7", ("external_id", "u-7")),
    ],
)
@pytest.mark.parametrize("path", ["/users/show", "/users", ""])
def test_a_profile_link_may_name_the_person_in_its_query(path: str, query: str, expected: tuple[str, str]) -> None:
    assert meaning(f"{APP}{path}?{query}") == [expected]


@pytest.mark.parametrize("path", [f"/users/{ID}", "/users/show?user_id=u-7", "?email=m%40example.com"])
def test_a_link_into_another_workspace_is_refused_by_name(path: str) -> None:
    link = f"https://app.intercom.com/a/apps/zz99zz99{path}"
    assert read_reference(link, workspace_id="ab12cd34", region=None) == reference.OTHER_WORKSPACE


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/users/segments/active",
        "/users/show",
        "/users/show?id=",
        "/users/show?id=7",
        "/conversations/123",
        f"/companies/{ID}",
    ],
)
def test_an_intercom_link_that_names_nobody_says_so(path: str) -> None:
    assert read_reference(APP + path, workspace_id="ab12cd34", region=None) == reference.NO_PROFILE


@pytest.mark.parametrize(
    "text",
    [
        "  maya@example.com\n",
        '"maya@example.com"',
        "‘maya@example.com’",
        "“ maya@example.com ”",
        "<maya@example.com>",
        "[(maya@example.com)]",
        "mailto:maya@example.com",
        "MAILTO:maya%40example.com?subject=Hi",
        "<mailto:maya@example.com>",
        "Maya R. <maya@example.com>",
        '"Maya R." <mailto:maya@example.com>',
        "\u200bmaya\u200b@example.com\ufeff\u202c",
        "\x00maya@example.com",
    ],
)
def test_what_is_only_around_the_reference_is_no_part_of_it(text: str) -> None:
    assert meaning(text)[0] == ("email", "maya@example.com")


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u2060", '""', "<>", "mailto:", "\ud800"])
def test_nothing_typed_is_said_kindly(text: str) -> None:
    assert read_reference(text, workspace_id="ab12cd34", region=None) == reference.NOTHING_TYPED


def test_a_text_that_is_too_long_or_has_several_lines_is_refused() -> None:
    assert read_reference("x" * 501, workspace_id="w", region=None) == reference.TOO_LONG
    assert isinstance(read_reference("x" * 500, workspace_id="w", region=None), Reference)
    assert read_reference("a@b.co\nc@d.co", workspace_id="w", region=None) == reference.SEVERAL_LINES


def test_what_was_typed_is_in_no_repr() -> None:
    assert "maya" not in repr(Interpretation("email", "maya@example.com"))


PIECES = st.sampled_from(
    [ID, APP, "/users/", "?id=", "%", "://", "[", "]", "<", '"', "tel:", "mailto:", "@", "+1", "\n"]
)
TYPED = st.one_of(st.text(max_size=510), st.lists(PIECES | st.text(max_size=5), max_size=8).map("".join))


@given(TYPED, st.sampled_from(["US", "DE", "", None]))
def test_any_text_is_read_or_refused_with_a_sentence(text: str, region: str | None) -> None:
    read = read_reference(text, workspace_id="ab12cd34", region=region)
    if isinstance(read, UnreadableReference):
        assert read.reason.endswith(".")
    else:
        assert read.interpretations
        assert all(one.value.strip() for one in read.interpretations)
