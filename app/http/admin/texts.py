"""Small changes to texts on their way into a page."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_CODE = re.compile(r"`([^`]+)`")
_ELEMENT = Markup("<code>{}</code>")


def codes(text: str) -> Markup:
    """The text escaped, with what stands in backticks as code."""
    pieces = _CODE.split(text)
    return Markup().join(_ELEMENT.format(one) if number % 2 else escape(one) for number, one in enumerate(pieces))


def capitalize_first(text: str) -> str:
    """As a sentence begins; a host or a code at the beginning stays as it is spelt."""
    first = text.partition(" ")[0]
    return text if "." in first or "_" in first else text[:1].upper() + text[1:]
