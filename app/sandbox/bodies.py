"""Message bodies: plain text from customers, a little HTML from teammates, HTML in the answers."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

ALLOWED = frozenset({"p", "br", "b", "strong", "i", "em", "a", "ul", "ol", "li", "h1", "h2", "code", "pre"})
VOID = frozenset({"br"})
DROPPED_WITH_CONTENT = frozenset({"script", "style"})


def from_plain(text: str) -> str:
    """Plain text as Intercom serves it: paragraphs with line breaks, everything escaped."""
    paragraphs = re.split(r"\n{2,}", text.strip())
    return "\n".join(f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in paragraphs)


def from_teammate(text: str) -> str:
    """A teammate's body: what Intercom allows of its HTML, or plain text when it has none."""
    if "<" not in text:
        return from_plain(text)
    cleaner = _Cleaner()
    cleaner.feed(text)
    cleaner.close()
    return cleaner.result()


def to_plain(body: str) -> str:
    """The text of a served body, for `display_as=plaintext`."""
    text = re.sub(r"<br\s*/?>", "\n", body)
    text = re.sub(r"</(p|li|h1|h2|pre)>\s*", "\n\n", text)
    return html.unescape(re.sub(r"<[^>]*>", "", text)).strip()


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in DROPPED_WITH_CONTENT:
            self._silent += 1
        if tag not in ALLOWED:
            return
        link = dict(attrs).get("href") or ""
        safe = tag == "a" and re.match(r"(https?|mailto|tel):", link, re.IGNORECASE)
        self._out.append(f'<a href="{html.escape(link)}">' if safe else f"<{tag}>")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in DROPPED_WITH_CONTENT:
            self._silent = max(0, self._silent - 1)
        if tag in self._open:
            while True:
                closed = self._open.pop()
                self._out.append(f"</{closed}>")
                if closed == tag:
                    return

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._out.append(html.escape(data))

    def result(self) -> str:
        return "".join(self._out) + "".join(f"</{tag}>" for tag in reversed(self._open))
