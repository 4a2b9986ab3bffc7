"""A channel as the rules see it."""

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
