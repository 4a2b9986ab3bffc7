"""What forms offer to choose from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """Something to choose in a form."""

    value: str
    label: str
    chosen: bool = False
    text: str = ""
    """What is in the field that it has of its own, where it has one."""
