"""Countries where one line is written in two ways."""

from __future__ import annotations

import re

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Mexico: the mobile 1 after +52 was abolished; WhatsApp still sends it.
    (re.compile(r"\+52(\d{10})"), r"+521\1"),
    (re.compile(r"\+521(\d{10})"), r"+52\1"),
    # Argentina: mobiles have a 9 after +54 that many leave out.
    (re.compile(r"\+54(\d{10})"), r"+549\1"),
    (re.compile(r"\+549(\d{10})"), r"+54\1"),
    # Brazil: mobiles got a ninth digit; landline blocks (2 to 5) never do.
    (re.compile(r"\+55(\d\d)([6-9]\d{7})"), r"+55\g<1>9\2"),
    (re.compile(r"\+55(\d\d)9([6-9]\d{7})"), r"+55\1\2"),
    # Ivory Coast, January 2021: a mobile prefix in front. Three of them share an old form: only new to old.
    (re.compile(r"\+2250[157](\d{8})"), r"+225\1"),
    # Benin, November 2024: 01 in front.
    (re.compile(r"\+22901(\d{8})"), r"+229\1"),
)


def aliases(e164: str) -> tuple[str, ...]:
    """Other ways to write the same line. Not symmetric: an old form may not know its new one."""
    return tuple(found.expand(other) for rule, other in _RULES if (found := rule.fullmatch(e164)))
