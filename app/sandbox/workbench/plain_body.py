"""Conversation parts carry HTML. The workbench shows their words only."""

from __future__ import annotations

from html.parser import HTMLParser

_BREAKS = frozenset({"p", "div", "br", "li", "h1", "h2", "h3", "h4", "blockquote", "tr", "ul", "ol"})
_SILENT = frozenset({"script", "style", "head", "title"})


def plain_body(html: str | None) -> str:
    """The text of a part's body: a line for each block, no markup, no blank lines. Never raises."""
    reader = _Words()
    reader.feed(html or "")
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).split("\n"))
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKS:
            self.words.append("\n")
        elif tag == "img":
            self.words.append(f" [picture{_named(dict(attrs).get('alt'))}] ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data.replace("\n", " "))


def _named(alt: str | None) -> str:
    return f": {alt}" if alt else ""
