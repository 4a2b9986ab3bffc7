"""A sender as somebody types one, to ask who would match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.channels.base import Adapter
from app.domain.phone import read_sender
from app.errors import AppError

LONGEST_ID = 200


class BadSender(AppError):
    """No sender of this channel can be made of what was typed. `part` is sender, phone or alias."""

    def __init__(self, part: str, sentence: str) -> None:
        super().__init__(sentence)
        self.part = part


@dataclass(frozen=True)
class TypedSender:
    """The ids, the sender's own first, and the phone in E.164 where there is one."""

    ids: tuple[str, ...] = field(repr=False)
    phone: str | None = field(repr=False)


def read_typed_sender(adapter: Adapter, sender: str, *, phone: str | None, aliases: Sequence[str]) -> TypedSender:
    """Read what was typed as the channel would read its own messages. `phone` is None when none was given.

    Raises BadSender.
    """
    ids = [one.strip() for one in (sender, *aliases)]
    for part, one in zip(("sender", *("alias" for _ in aliases)), ids, strict=True):
        if not one or len(one) > LONGEST_ID or not one.isprintable():
            raise BadSender(part, f"A sender has 1 to {LONGEST_ID} printable characters.")
    read = (adapter.phone_of(one) for one in ids)
    return TypedSender(tuple(ids), _phone(adapter, phone) or next((one for one in read if one), None))


def _phone(adapter: Adapter, phone: str | None) -> str | None:
    if phone is None:
        return None
    if adapter.identified_by == "id":
        raise BadSender("phone", f"{adapter.title} people are found by their id: leave the phone out.")
    read = read_sender(phone, region=adapter.account.country, international_digits=False)
    if read is None:
        raise BadSender("phone", "This is no phone number. Write it with plus and country code, such as +35315550123.")
    return read
