"""Where a text may be cut: never inside what a reader sees as one letter or one emoji."""

from __future__ import annotations

import re
import unicodedata

ZWNJ, ZWJ = "\u200c", "\u200d"
_JOINERS = re.compile("[\u200c\u200d]")
_VARIATION = frozenset("\ufe0e\ufe0f")
_VIRAMA = 9
"""Canonical combining class of the sign that joins two consonants in Indic scripts."""


def join_only_letters(text: str) -> str:
    """Drop each zero-width (non-)joiner that joins nothing: in Arabic or Indic words and emoji sequences it stays."""
    if not _JOINERS.search(text):
        return text
    kept: list[str] = []
    for index, character in enumerate(text):
        if character not in {ZWNJ, ZWJ} or _joins(kept[-1:], character, text[index + 1 : index + 2]):
            kept.append(character)
    return "".join(kept)


def cut(text: str, size: int) -> str:
    """The first `size` characters or fewer, ending between two clusters, without trailing blanks."""
    end = min(size, len(text))
    while 0 < end < len(text) and is_joined(text, end):
        end -= 1
    return text[:end].rstrip()


def is_joined(text: str, at: int) -> bool:
    """Whether the characters before and after `at` belong together."""
    before, after = text[at - 1], text[at]
    if after in {ZWNJ, ZWJ} or before == ZWJ or unicodedata.category(after)[0] == "M" or _is_skin_tone(after):
        return True
    if _is_regional(before) and _is_regional(after):
        return _regionals_before(text, at) % 2 == 1
    return _is_jamo(before) and "\u1160" <= after <= "\u11ff"


def _joins(before: list[str], joiner: str, after: str) -> bool:
    if not before:
        return False
    if unicodedata.combining(before[0]) == _VIRAMA:
        return True
    if not after:
        return False
    if (
        joiner == ZWJ
        and _is_emoji(after)
        and (_is_emoji(before[0]) or before[0] in _VARIATION or _is_skin_tone(before[0]))
    ):
        return True
    return _is_joining_letter(before[0]) and _is_joining_letter(after)


def _is_joining_letter(character: str) -> bool:
    return character >= "\u0600" and unicodedata.category(character)[0] in "LM"


def _is_emoji(character: str) -> bool:
    symbol = character >= "\u2190" and unicodedata.category(character) in {"So", "Sm"}
    return symbol or "\U0001f000" <= character <= "\U0001faff"


def _is_skin_tone(character: str) -> bool:
    return "\U0001f3fb" <= character <= "\U0001f3ff"


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _regionals_before(text: str, at: int) -> int:
    start = at
    while start > 0 and _is_regional(text[start - 1]):
        start -= 1
    return at - start


def _is_jamo(character: str) -> bool:
    return "\u1100" <= character <= "\u11ff"
