"""A file name that harms nobody: it comes from a customer."""

from __future__ import annotations

import mimetypes
import re
import unicodedata

LONGEST_NAME = 120
ANY_TYPE = "application/octet-stream"
_SEPARATORS = re.compile(r"[\\/]")
_UNSAFE = re.compile(r'[<>:"|?*;&%`$#{}\[\]]')
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", ".jpg"),
    (0, b"\x89PNG\r\n\x1a\n", ".png"),
    (0, b"GIF8", ".gif"),
    (8, b"WEBP", ".webp"),
    (0, b"%PDF-", ".pdf"),
    (0, b"OggS", ".ogg"),
    (0, b"ID3", ".mp3"),
    (8, b"WAVE", ".wav"),
    (4, b"ftyp", ".mp4"),
    (0, b"\x1aE\xdf\xa3", ".webm"),
    (0, b"#!AMR", ".amr"),
    (0, b"PK\x03\x04", ".zip"),
    (0, b"BEGIN:VCARD", ".vcf"),
)
_PREFERRED = {
    "image/jpeg": ".jpg",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "text/vcard": ".vcf",
    "text/plain": ".txt",
}


def safe_name(given: str | None, content_type: str, content: bytes) -> str:
    """The last part of `given` without anything that a path, a shell, a header or a page could trip over.

    A name without an extension gets the one of its content, and else of its type; there is always a name.
    """
    last = _SEPARATORS.split(given or "")[-1]
    visible = "".join(_visible(one) for one in unicodedata.normalize("NFC", last))
    kept = _UNSAFE.sub("_", visible).strip(" .")
    extension = _EXTENSION.search(kept)
    if extension:
        return kept[: -len(extension[0])][: LONGEST_NAME - len(extension[0])].rstrip(" .") + extension[0]
    return (kept[: LONGEST_NAME - 8].rstrip(" .") or "attachment") + _extension_of(content_type, content)


def told_type(content_type: str, content: bytes) -> str:
    """The content's own type where the provider only says that it is bytes, as Telegram does for pictures."""
    if content_type != ANY_TYPE:
        return content_type
    extension = _extension_of(content_type, content)
    known = {suffix: name for name, suffix in _PREFERRED.items()}
    return known.get(extension) or mimetypes.guess_type(f"file{extension}")[0] or content_type


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return " " if unicodedata.category(character) == "Zs" else ""


def _extension_of(content_type: str, content: bytes) -> str:
    for offset, mark, extension in _SIGNATURES:
        if content.startswith(mark, offset):
            return extension
    if content_type == ANY_TYPE:
        return ""
    return _PREFERRED.get(content_type) or mimetypes.guess_extension(content_type) or ""
