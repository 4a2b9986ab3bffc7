"""The note that a merge leaves in its conversation. It is HTML, and names in it belong to customers."""

from __future__ import annotations

import html
import re
import unicodedata

_NAME_LIMIT = 80
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LINKED = re.compile(r"(?=://)|(?<=://)|(?<=www)(?=\.)", re.IGNORECASE)
"""Where a page would begin to see a link of its own accord."""
_ZERO_WIDTH = "\u200b"


def merge_note(by: str, lead_label: str, user_label: str) -> str:
    """Who merged whom, as HTML in which every name is nothing but text."""
    return (
        f"<p>{_shown(by)} merged the lead <b>{_shown(lead_label)}</b> into the user <b>{_shown(user_label)}</b> "
        "with Kinbox. This cannot be undone.</p>"
    )


def _shown(name: str) -> str:
    """A name on one line, without what hides or reorders text, without tags, entities or links."""
    looked_at = name[: _NAME_LIMIT * 10]
    visible = "".join(" " if unicodedata.category(letter) in _HIDDEN else letter for letter in looked_at)
    line = " ".join(visible.split())
    cut = line if len(line) <= _NAME_LIMIT else f"{line[: _NAME_LIMIT - 1]}…"
    return html.escape(_LINKED.sub(_ZERO_WIDTH, cut)) or "(no name)"
