"""What is left of a stored document once a person is gone from it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import unquote_plus

from app.domain.identity import Match

ERASED = "[erased]"
SHORTEST_WORD = 2
"""A single letter goes where it is a whole value, and stays inside a sentence."""
SHORTEST_NUMBER = 4
"""A shorter number is more likely a count than somebody's id."""
_JSON_ESCAPES = re.compile(r'(?:\\u[0-9A-Fa-f]{4})+|\\["\\/bfnrt]')
_FROM_OUTSIDE = frozenset({"phone", "channel_id", "known_contact"})
"""The rules whose value is something of the customer's; with the others it names a teammate."""


def without_words(document: Any, words: Collection[str]) -> Any:
    """A JSON document in which none of these texts stands any more: as a value, as a key, or as words inside one."""
    if isinstance(document, str):
        return _without(document, words)
    if isinstance(document, Mapping):
        return {_without(str(key), words): without_words(value, words) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [without_words(one, words) for one in document]
    if isinstance(document, int) and not isinstance(document, bool):
        return ERASED if len(str(document)) >= SHORTEST_NUMBER and str(document) in words else document
    return document


def mentions(text: str, words: Collection[str]) -> bool:
    """Whether one of these stands in the text, whole."""
    return _without(text, words) != text


def call_mentions(raw: str, words: Collection[str]) -> bool:
    """Whether one of these stands in a call that nobody could read: as it is, or as a form or JSON spells it.

    In `from=%2B14155550123` no border is before the number, and none in `"\\n14155550123"`.
    """
    spellings = {raw, unquote_plus(raw)}
    spellings |= {_JSON_ESCAPES.sub(_unescaped, one) for one in spellings}
    return any(mentions(one, words) for one in spellings)


def _unescaped(found: re.Match[str]) -> str:
    return str(json.loads(f'"{found[0]}"'))


def match_without(match: Match, contact_ids: Collection[str], words: Collection[str]) -> Match:
    """Why somebody else is linked, without these contacts among the runners-up and none of these texts as the value."""
    gone = match.rule in _FROM_OUTSIDE and match.value in words
    return Match(
        match.rule,
        ERASED if gone else match.value,
        tuple(one for one in match.runners_up if one not in contact_ids),
        match_without(match.before, contact_ids, words) if match.before else None,
    )


def _without(text: str, words: Collection[str]) -> str:
    if text in words:
        return ERASED
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= SHORTEST_WORD and word in text:
            text = re.sub(_whole(word), ERASED, text)
    return text


def _whole(word: str) -> str:
    """Not inside a longer number or word. Scripts without spaces have no such border."""
    before = r"(?<![0-9A-Za-z])" if word[0].isascii() and word[0].isalnum() else ""
    after = r"(?![0-9A-Za-z])" if word[-1].isascii() and word[-1].isalnum() else ""
    return before + re.escape(word) + after
