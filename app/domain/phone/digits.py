"""What reading a sender and reading a stored phone have in common."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult

LEAST_DIGITS = 7
"""Fewer are a short code, or a local number without its area code."""

_SCHEME = re.compile(r"^(?:(?:whatsapp|sms|mms|rcs|tel)\s*:\s*)+", re.IGNORECASE)
_EXIT_CODE = re.compile(r"\+\s*00|\(\s*\+?\s*00\s*\)|\(?\s*00")
_NORTH_AMERICAN_EXIT_CODE = re.compile(r"^\(?\s*011(?!\d{0,6}$)")
_OLD_FORM = re.compile(r"\+521\d{10}|\+225\d{8}|\+229\d{8}")


@dataclass(frozen=True)
class Reading:
    """One way to read some digits. A `valid` one lies in a range that is known to be in use."""

    e164: str = field(repr=False)
    valid: bool


def clean(text: str) -> str:
    """One way to write each character, ASCII digits, no invisible marks, no `tel:` and the like."""
    kept = (char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    plain = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in kept)
    return _SCHEME.sub("", plain.strip(), count=1)


def digits_of(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def has_letters(text: str) -> bool:
    return any(char.isalpha() for char in text)


def has_plus(text: str) -> bool:
    """The number begins with a plus: none of its digits stands before it."""
    first = re.search(r"[+0-9]", text)
    return first is not None and first[0] == "+"


def known_region(region: str | None) -> str | None:
    """The two-letter country in capitals, or None when it is no country."""
    wanted = (region or "").strip().upper()
    return wanted if wanted in phonenumbers.SUPPORTED_REGIONS else None


def write_plus(text: str, region: str | None) -> str:
    """`00`, `+00`, `(00)`, and `011` in North America, become `+`."""
    if _EXIT_CODE.match(text):
        return _EXIT_CODE.sub("+", text, count=1)
    if region and phonenumbers.country_code_for_region(region) == 1:
        return _NORTH_AMERICAN_EXIT_CODE.sub("+", text, count=1)
    return text


def read(text: str, region: str | None) -> Reading | None:
    """What the library makes of a text whose length is that of a number, or of one of three old forms.

    Mexico dropped a 1 after +52, Ivory Coast and Benin added digits; stored phones and WhatsApp ids keep the
    old forms. Without a region the text needs its `+`.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    if not possible and not _OLD_FORM.fullmatch(e164):
        return None
    return Reading(e164, phonenumbers.is_valid_number(number))
