"""A channel as the rules see it, and as somebody who connects an account of it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Channel:
    """`identified_by` says how a sender is found in Intercom; `keeps_id` whether the id goes into an attribute."""

    slug: str
    title: str
    identified_by: Literal["phone", "id"]
    keeps_id: bool


def _anything(_value: str) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A secret that an operator gives to `channels add --set NAME=VALUE`."""

    name: str
    hint: str
    """Where to find it at the provider, in a few words."""
    required: bool = True
    fits: Callable[[str], bool] = field(default=_anything, repr=False)
    """Whether it can be right at all, where the provider's have a shape of their own."""
    shape: str = ""
    """That shape in words."""
    missed: str = ""
    """What does not work without it although it is not required, where an admin may not expect that."""


@dataclass(frozen=True, kw_only=True)
class ChannelKind:
    """What an account of a channel needs. `provider` is the channel as an operator calls it, `title` as a teammate."""

    slug: str
    title: str
    provider: str
    address_hint: str
    """What the address is, in a few words."""
    secrets: tuple[Secret, ...]
    identified_by: Literal["phone", "id"]
    same_address: Callable[[str, str | None, str], bool] = field(repr=False)
    """Whether an account's address, read in its country, and another one are the same, in whatever spelling."""
    phone_reader: Callable[[str | None], Callable[[str], str | None]] = field(repr=False)
    """For a country, what reads a sender of this channel as E.164; it answers None for ids, names and short codes."""
