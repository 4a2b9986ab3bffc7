"""A channel as the rules see it, and as somebody who connects an account of it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Channel:
    """`identified_by` says how a sender is found in Intercom; `keeps_id` whether the id goes into an attribute."""

    slug: str
    title: str
    identified_by: Literal["phone", "id"]
    keeps_id: bool


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A secret that an operator gives to `channels add --set NAME=VALUE`."""

    name: str
    hint: str
    """Where to find it at the provider, in a few words."""
    required: bool = True
