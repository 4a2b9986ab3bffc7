"""The numbers that customers text: whether two spellings name one of them."""

from __future__ import annotations

from app.domain.phone import read_sender

_SCHEMES = ("whatsapp:", "sms:", "mms:", "rcs:", "tel:")


def without_scheme(address: str) -> str:
    """`whatsapp:+14155550100` -> `+14155550100`."""
    return next((address[len(one) :] for one in _SCHEMES if address.lower().startswith(one)), address)


def same_number(one: str, other: str, *, region: str | None) -> bool:
    """Whether two addresses are one number, with or without plus and blanks; short codes and names as they are."""
    return _plain(one, region) == _plain(other, region) != ""


def _plain(address: str, region: str | None) -> str:
    phone = read_sender(address, region=region, international_digits=True)
    return phone or without_scheme(address.strip()).strip().casefold()
