"""What one value must be. Each rule answers what is wrong, as the end of a sentence, or None.

The same rules serve the dataclasses and the validator of foreign JSON, so the two cannot disagree. No rule
repeats a text that it refuses: it may be a customer's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, get_args

Rule = Callable[[object], str | None]
Meta = Mapping[str, Any]

_KINDS: Mapping[type, str] = MappingProxyType(
    {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        dict: "an object",
        list: "a list",
    }
)
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#\\\x00-\x20]+[^\s\\\x00-\x20]*", re.IGNORECASE)


def meta(rule: Rule) -> Meta:
    """Wrap a rule as the metadata of a dataclass field."""
    return MappingProxyType({"rule": rule})


def kind_of(value: object) -> str:
    """Name a value's JSON kind for a sentence, never the value itself."""
    if value is None:
        return "null"
    return _KINDS.get(type(value), f"a {type(value).__name__}")


def any_text(value: object) -> str | None:
    if not isinstance(value, str):
        return f"is {kind_of(value)}, but must be text"
    return None if value.isascii() else _half_characters(value)


def filled_text(value: object) -> str | None:
    if not isinstance(value, str):
        return f"is {kind_of(value)}, but must be text"
    if not value or value.isspace():
        return "is blank"
    return None if value.isascii() else _half_characters(value)


def _half_characters(value: str) -> str | None:
    try:
        value.encode()
    except UnicodeEncodeError:
        return "holds half a character (a lone surrogate), which cannot be sent"
    return None


def one_line(value: object) -> str | None:
    problem = filled_text(value)
    if problem is None and isinstance(value, str) and len(value.splitlines()) > 1:
        return "has a line break, but is shown on one line"
    return problem


def flag(value: object) -> str | None:
    return None if isinstance(value, bool) else f"is {kind_of(value)}, but must be true or false"


def pixels(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return f"is {kind_of(value)}, but must be a whole number of pixels"
    return None if value > 0 else "must be at least 1 pixel"


def web_url(value: object) -> str | None:
    problem = filled_text(value)
    if problem is None and isinstance(value, str) and not _WEB_ADDRESS.fullmatch(value):
        return "is not a web address (https://...)"
    return problem


def https_url(value: object) -> str | None:
    problem = web_url(value)
    if problem is None and isinstance(value, str) and value[:8].lower() != "https://":
        return "does not start with https://"
    return problem


def text_list(value: object) -> str | None:
    if not isinstance(value, list | tuple):
        return f"is {kind_of(value)}, but must be a list"
    return next((f"holds an entry that {problem}" for problem in map(filled_text, value) if problem), None)


def among(literal: object) -> Rule:
    """The rule for a `Literal[...]` of words."""
    words: tuple[str, ...] = get_args(literal)
    allowed = f'"{words[0]}"' if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    known = frozenset(words)

    def check(value: object) -> str | None:
        if not isinstance(value, str):
            return f"is {kind_of(value)}, but must be {allowed}"
        return None if value in known else f"must be {allowed}"

    return check
