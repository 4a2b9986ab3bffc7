"""Customers' texts made harmless for every Markdown dialect, and Markdown of our own made from them."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from canvas_components.base import ComponentError
from canvas_components.clusters import cut, join_only_letters
from canvas_components.rules import https_url

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]+"
)
_BLANKS = re.compile("[\\s\u2800\u3164\uffa0]+")
_LOOKALIKES = str.maketrans({"*": "∗", "`": "ˋ", "<": "‹", ">": "›", "\\": "⧵", "~": "˜"})
_UNDERSCORES = re.compile("_+")

_BREAKS = re.compile(
    r"(?P<scheme>://|(?:mailto|javascript|vbscript|data|tel|sms|xmpp|callto|skype|facetime|blob):)"
    r"|(?P<www>www)(?=\.)"
    r"|(?P<blank>\](?=[(\[:\]])|\[(?=[\[^])|[!^](?=\[))"
    r"|(?P<hidden>/(?=/)|=(?==)|&(?=#|(?:lt|gt|amp|quot|apos|nbsp)|[a-z][a-z0-9]*;))",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"(?=[#|=]|[-+](?:[ -]|$)|[0-9]{1,9}[.)](?: |$))")
_ORDINARY = re.compile(
    "\\+?[^\\W_\u115f\u1160\u3164\uffa0]+(?:(?:, |[ '@,_-]|(?<![wW])\\.)[^\\W_\u115f\u1160\u3164\uffa0]+)*"
)
"""Names, addresses and numbers that need nothing done to them: most of what is ever shown."""

_READ_AT_LEAST, _READ_FOR_EACH = 200, 20
"""Characters of a text that are looked at when it is cut: putting combining marks in order takes quadratic time."""
_ZERO_WIDTH = "\u200b"
_BRACKETS = str.maketrans({"[": "［", "]": "］"})
_URL_SAFE = ":/?#@!$&'+,;=%-._"


def plain(text: str | None, *, limit: int | None = None) -> str:
    """A customer's text as one line without links, bold, HTML, or hidden and reordering characters.

    For names, emails, file names: every customer-controlled text in any component, since it is not known which of
    them parse Markdown. None is "". With `limit`, at most so many characters, cut between whole letters, with an
    ellipsis. What would be markup is swapped for look-alikes, or broken by a blank or a zero-width space; ordinary
    names, emails and domains stay as they are. `plain(plain(x)) == plain(x)`. Raises ValueError for a limit below 1.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"a limit of {limit} characters leaves no room for a text")
    if not text:
        return ""
    if limit is not None and len(text) > (most := _READ_AT_LEAST + _READ_FOR_EACH * limit):
        text = text[:most] + "…"
    settled = _settled(text)
    if limit is None or len(settled) <= limit:
        return settled
    for size in range(limit - 1, 0, -1):
        shorter = _settled(cut(settled, size) + "…")
        if len(shorter) <= limit:
            return shorter
    return "…"


def bold(text: str | None) -> str:
    """Markdown for a customer's text in bold; "" when there is nothing to show."""
    safe = plain(text)
    return f"**{safe}**" if safe else ""


def link(label: str | None, url: str) -> str:
    """Markdown for a link with a customer's text as its label.

    Raises ComponentError when the label is blank, or when the url is not https or has a non-ASCII host.
    """
    safe = plain(label).translate(_BRACKETS)
    if not safe:
        raise ComponentError(component="link", id=None, field="label", problem="is blank")
    problem = https_url(url)
    if problem is None and not url.split("/")[2].isascii():
        problem = "has a host that is not ASCII: write it in its xn-- form"
    if problem is not None:
        raise ComponentError(component="link", id=None, field="url", problem=problem)
    return f"[{safe}]({quote(url, safe=_URL_SAFE)})"


def _settled(text: str) -> str:
    """Escape until nothing changes, so that escaping twice is escaping once."""
    if _ORDINARY.fullmatch(text) and unicodedata.is_normalized("NFC", text):
        return text
    seen = text
    while (again := _escaped(seen)) != seen:
        seen = again
    return seen


def _escaped(text: str) -> str:
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    text = unicodedata.normalize("NFC", join_only_letters(_BLANKS.sub(" ", text).strip()))
    text = _UNDERSCORES.sub(_underscore, text.translate(_LOOKALIKES))
    text = _BREAKS.sub(_broken, text)
    return _ZERO_WIDTH + text if _BLOCK.match(text) else text


def _underscore(found: re.Match[str]) -> str:
    """Keep one underscore inside a word (john_doe); any other could start or end emphasis."""
    text, start, end = found.string, found.start(), found.end()
    lone = end - start == 1 and start > 0 and end < len(text)
    inside = lone and _in_word(text[start - 1]) and _in_word(text[end])
    return "_" if inside else "ˍ" * (end - start)


def _in_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"


def _broken(found: re.Match[str]) -> str:
    """A zero-width space in a scheme, `www.`, `//` or an entity; a blank between brackets."""
    whole = found.group()
    if found.lastgroup == "scheme":
        tail = _ZERO_WIDTH if whole == "://" else ""
        return whole[: whole.index(":")] + _ZERO_WIDTH + whole[whole.index(":") :] + tail
    return whole + (" " if found.lastgroup == "blank" else _ZERO_WIDTH)
