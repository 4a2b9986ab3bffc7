"""File names: whatever a customer calls a file, ours harms nobody and opens with the right program."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.fetching.names import LONGEST_NAME, safe_name, told_type


@pytest.mark.parametrize(
    ("given_name", "wanted"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("Rechnung März.pdf", "Rechnung März.pdf"),
        ("写真.jpeg", "写真.jpeg"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\maya\\me.png", "me.png"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie_ b.pdf"),
        ("\u202egpj.exe", "gpj.exe"),
        ('<img src="x">.png', "_img src=_x__.png"),
        ("..pdf", "pdf.png"),
        ("   ", "attachment.png"),
        ("", "attachment.png"),
        ("photo", "photo.png"),
        ("v1.2 draft", "v1.2 draft.png"),
    ],
)
def test_a_name_keeps_what_is_harmless(given_name: str, wanted: str) -> None:
    assert safe_name(given_name, "image/png", b"") == wanted


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (b"\xff\xd8\xff\xe0", ".jpg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", ".webp"),
        (b"\x00\x00\x00\x18ftypmp42", ".mp4"),
        (b"OggS\x00", ".ogg"),
        (b"nobody knows", ""),
    ],
)
def test_the_content_tells_the_extension_where_no_name_does(content: bytes, extension: str) -> None:
    assert safe_name(None, "application/x-unheard-of", content) == f"attachment{extension}"


def test_a_long_name_is_cut_and_keeps_its_extension() -> None:
    named = safe_name("x" * 5000 + ".docx", "application/zip", b"PK\x03\x04")
    assert len(named) <= LONGEST_NAME
    assert named.endswith(".docx")


@given(st.text(), st.text(max_size=30), st.binary(max_size=20))
def test_any_name_becomes_one_that_is_safe(name: str, content_type: str, content: bytes) -> None:
    made = safe_name(name, content_type, content)
    assert 0 < len(made) <= LONGEST_NAME
    assert made.isprintable()
    assert not set(made) & set('/\\<>:"|?*\r\n\x00')
    assert not made.startswith(".")


@pytest.mark.parametrize(
    ("told", "content", "found"),
    [
        ("application/octet-stream", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("application/octet-stream", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("application/octet-stream", b"OggS", "audio/ogg"),
        ("application/octet-stream", b"nothing known", "application/octet-stream"),
        ("text/plain", b"%PDF-", "text/plain"),
    ],
)
def test_bytes_without_a_type_are_known_by_their_beginning(told: str, content: bytes, found: str) -> None:
    assert told_type(told, content) == found
