"""The numbers that customers text: whether two spellings name one of them."""

from __future__ import annotations

from app.channels.base import Account
from app.domain.phone import read_sender

_SCHEMES = ("whatsapp:", "sms:", "mms:", "rcs:", "tel:")


def without_scheme(address: str) -> str:
    """`whatsapp:+14155550100` -> `+14155550100`."""
    return next((address[len(one) :] for one in _SCHEMES if address.lower().startswith(one)), address)


def is_number_of(account: Account, to: str) -> bool:
    """Whether a number texted is the account's. An address with letters (`AC...`) stands for all numbers of its holder.

    Only for providers that sign: their signature proves whose numbers they are.
    """
    whole = any(char.isalpha() for char in without_scheme(account.address))
    return whole or same_number(to, account.address, region=account.country)


def same_number(one: str, other: str, *, region: str | None) -> bool:
    """Whether two addresses are one number, with or without plus and blanks; short codes and names as they are."""
    return _plain(one, region) == _plain(other, region) != ""


def _plain(address: str, region: str | None) -> str:
    phone = read_sender(address, region=region, international_digits=True)
    return phone or without_scheme(address.strip()).strip().casefold()
