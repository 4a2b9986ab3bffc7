"""From a provider's raw sender to a phone number, or to none."""

from __future__ import annotations

import re

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

MAX_SENDER_CHARS = 100

_NUMBER = re.compile(r"[+0-9\s()\[\]./\u2010-\u2015-]+")


def read_sender(raw: str, *, region: str | None, international_digits: bool) -> str | None:
    """The sender as E.164; None for short codes, names, and ids that are no phone numbers.

    `international_digits` says that the provider documents numbers with country code and without plus. The
    region (two letters) serves only senders without plus. Replies go to `raw`, so keep that too.
    """
    if len(raw) > MAX_SENDER_CHARS:
        return None
    text = clean(raw)
    if has_letters(text) or not _NUMBER.fullmatch(text):
        return None
    home = known_region(region)
    if not has_plus(text):
        if len(digits_of(text)) < LEAST_DIGITS:
            return None
        text = write_plus(text, home)
    if has_plus(text):
        reading = read(write_plus(text, home), None)
    else:
        reading = _without_plus(text, home, international_digits=international_digits)
    return reading.e164 if reading else None


def _without_plus(text: str, region: str | None, *, international_digits: bool) -> Reading | None:
    digits = digits_of(text)
    international = None if digits.startswith("0") else read(f"+{digits}", None)
    if international_digits and international:
        return international
    national = read(text, region) if region else None
    return prefer_valid(international, national)


def prefer_valid(*readings: Reading | None) -> Reading | None:
    """The first valid reading, else the first of all."""
    there = [reading for reading in readings if reading]
    return next((reading for reading in there if reading.valid), there[0] if there else None)
