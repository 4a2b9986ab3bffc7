"""Numbers of things, in words."""

from __future__ import annotations


def count(number: int, singular: str) -> str:
    """`1 message`, `2 messages`. For nouns whose plural takes an s."""
    return f"{number} {singular}" if number == 1 else f"{number} {singular}s"
