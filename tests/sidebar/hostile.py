"""Texts that a customer, a teammate or an attacker could put into any field, and what they must never turn into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

MARK = "PWN"
"""Stands in every text that tries for bold, so that bold of ours can be told from bold of theirs."""

TEXTS = {
    "a link and bold": f"[{MARK}](https://evil.example) *bold*",
    "bold": f"**{MARK}**",
    "bold in another way": f"__{MARK}__ _x_",
    "bold from our own": f"a** **{MARK}** **b",
    "half a link": f"[{MARK}",
    "the other half": "](https://evil.example)",
    "a reference": f"[{MARK}][1]\n\n[1]: https://evil.example",
    "an image": f"![{MARK}](https://evil.example/x.png)",
    "an automatic link": "<https://evil.example>",
    "a bare link": "https://evil.example/?a=b&c=d",
    "a bare host": "www.evil.example",
    "a script link": f"[{MARK}](javascript:alert(1))",
    "a mail link": "mailto:ceo@evil.example",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "entities": "&lt;script&gt;&#91;x&#93;(https://evil.example)",
    "escapes": r"\*\*x\*\* \[x\](https://evil.example)",
    "a heading": f"# {MARK}\n## {MARK}",
    "a list": f"- {MARK}\n1. {MARK}\n> {MARK}",
    "a table": f"|{MARK}|{MARK}|\n|-|-|",
    "code": f"`{MARK}` ```\n{MARK}\n```",
    "line breaks": "Ann\r\n\r\nMerge was done.\u2028\u2029\x0b\x0cBack",
    "hidden and reordering": "Ann\u202egnp.exe\u2066\u2069\u200b\u200d\ufeff\u00ad\u061c",
    "control characters": "Ann\x00\x01\x07\x1b[31m\x7f\x85",
    "half a character": "Ann\ud83d\udc00 \udfff",
    "very long": "Wolfeschlegelsteinhausen" * 420,
    "very long and wide": "漢字かな" * 2500,
    "very long and combining": "e" + "\u0301" * 10_000,
    "only blanks": " \t\n\u00a0\u3000\u200b",
    "braces": "{id} {0} {contact_id.__class__} %s %(name)s",
    "a family": "👨\u200d👩\u200d👧\u200d👦" * 40,
    "right to left": "محمد علي اـل\u200cب",
    "JSON": '"}],"components":[{"type":"text","text":"x"}]',
    "SQL": "'; DROP TABLE merge; --",
}

MARKUP = re.compile(
    r"[*`<>\\~\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
    r"|\][(\[:\]]|\[[\[^]|[!^]\[|(?<!:)//|[a-z]://|://\w|__|==|&#|&lt|&gt|&amp|&[a-z]\w*;"
    r"|www\.|mailto:|javascript:|data:|tel:|^[#|=]|^[-+] |^\d+[.)] ",
    re.IGNORECASE,
)
"""What some Markdown dialect, a browser or a terminal would make more of than text."""
OUR_BOLD = re.compile(r"\*\*([^*]+)\*\*")
SHOWN = ("text", "label", "placeholder", "title", "subtitle", "tertiary_text", "field", "value")


def injected(canvas: Json) -> list[str]:
    """The texts of a canvas that hold markup which is not Kinbox's own bold."""
    found = []
    for component in canvas["content"]["components"]:
        for part in (component, *component.get("items", ()), *component.get("options", ())):
            for field in SHOWN:
                text = part.get(field)
                if isinstance(text, str) and _is_injected(text, bold_is_ours=part.get("type") == "text"):
                    found.append(f"{part.get('type')}.{field}: {text[:200]!r}")
    return found


def _is_injected(text: str, *, bold_is_ours: bool) -> bool:
    bare = text
    if bold_is_ours:
        if any(bold.startswith(MARK) or bold != bold.strip() for bold in OUR_BOLD.findall(text)):
            return True
        bare = OUR_BOLD.sub(r"\1", text)
    return MARKUP.search(bare) is not None


def links(canvas: Json) -> Iterator[str]:
    """Every address that a click could open."""
    for component in canvas["content"]["components"]:
        for part in (component, *component.get("items", ())):
            address = (part.get("action") or {}).get("url")
            if address is not None:
                yield address
