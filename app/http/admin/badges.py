"""How something is, in a word or two and with a colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "warn", "bad", "none"]


@dataclass(frozen=True)
class State:
    """What a badge says. Its colour never says it alone."""

    words: str
    tone: Tone
