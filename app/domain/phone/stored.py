"""From the phone text of a contact to numbers, and whether one of them is the sender's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher

from app.domain.phone.aliases import aliases
from app.domain.phone.digits import (
    LEAST_DIGITS,
    Reading,
    clean,
    digits_of,
    has_letters,
    has_plus,
    known_region,
    read,
    write_plus,
)

MAX_STORED_CHARS = 500

_SEVERAL = re.compile(r",|;(?!\s*ext\s*=)|\||[\r\n]+|\bor\b|\band\b|&", re.IGNORECASE)
_EXTENSION = re.compile(
    r"(?<![\s,(])[\s,(]*(?:;\s*ext\s*=|\bext(?:n|ension)?\b\.?|(?<=\d)ext(?:n|ension)?\.?|доб\.?|x|#)\s*:?\s*\d{1,7}\s*\)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class StoredPhone:
    """One number of a contact. Without a country code of its own it was read with the workspace's country."""

    e164: str = field(repr=False)
    has_extension: bool = False
    had_country_code: bool = True


def read_stored(text: str, *, region: str | None, formatted: str | None = None) -> tuple[StoredPhone, ...]:
    """Every number in a contact's phone field, each once.

    `region` is the workspace's country, never the sender's; without one, only numbers with a country code are
    read. `formatted` is Intercom's own E.164 reading, where an answer has it.
    """
    home = known_region(region)
    found: dict[str, StoredPhone] = {}
    for phone in _all(text[:MAX_STORED_CHARS], home):
        found.setdefault(phone.e164, phone)
    own = read(clean(formatted), None) if formatted and len(formatted) <= MAX_STORED_CHARS else None
    if own:
        known = found.get(own.e164, StoredPhone(own.e164))
        found[own.e164] = replace(known, had_country_code=True)
    return tuple(found.values())


def same_number(sender_e164: str, stored: StoredPhone) -> Literal["exact", "alias"] | None:
    """Whether two numbers are one line. Endings are never compared: other areas end alike."""
    if sender_e164 == stored.e164:
        return "exact"
    if stored.e164 in aliases(sender_e164) or sender_e164 in aliases(stored.e164):
        return "alias"
    return None


def _all(text: str, region: str | None) -> Iterator[StoredPhone]:
    for part in _SEVERAL.split(clean(text)):
        for piece in _at_slash(part):
            yield from _numbers(piece, region)


def _at_slash(text: str) -> list[str]:
    """`0151/23456789` is one number; a slash divides only where both sides could be numbers."""
    left, slash, right = text.partition("/")
    both = len(digits_of(left)) >= LEAST_DIGITS and len(digits_of(right)) >= LEAST_DIGITS
    return [left, right] if slash and both else [text]


def _numbers(piece: str, region: str | None) -> Iterator[StoredPhone]:
    text, has_extension = _cut_extension(clean(piece))
    text = write_plus(text, region)
    if not has_letters(text):
        yield from _one(text, region, has_extension=has_extension)
        return
    # The library reads letters as the keys of a telephone, so numbers are looked for between the words.
    for hit in PhoneNumberMatcher(text, region, leniency=Leniency.POSSIBLE):
        inside, extended = _cut_extension(hit.raw_string)
        if not has_letters(inside):
            yield from _one(inside, region, has_extension=has_extension or extended)


def _cut_extension(text: str) -> tuple[str, bool]:
    number = _EXTENSION.sub("", text)
    cut = number != text and len(digits_of(number)) >= LEAST_DIGITS
    return (number, True) if cut else (text, False)


def _one(text: str, region: str | None, *, has_extension: bool) -> Iterator[StoredPhone]:
    if len(digits_of(text)) < LEAST_DIGITS:
        return
    if has_plus(text):
        reading, abroad = read(text, None), True
    else:
        reading, abroad = _without_plus(text, region)
    if reading:
        yield StoredPhone(reading.e164, has_extension, had_country_code=abroad)


def _without_plus(text: str, region: str | None) -> tuple[Reading | None, bool]:
    """The likeliest reading, and whether its country code was written down."""
    digits = digits_of(text)
    international = None if digits.startswith("0") else read(f"+{digits}", None)
    own_code = str(phonenumbers.country_code_for_region(region)) if region else None
    if own_code and digits.startswith(own_code) and international and international.valid:
        return international, True
    national = read(text, region) if region else None
    if national and (national.valid or not (international and international.valid)):
        return national, False
    return international, True
