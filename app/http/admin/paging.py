"""Long lists, a page at a time: each goes on below the last id of the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import abort, request

Shown = TypeVar("Shown")
LARGEST_ID = 2**31 - 1
"""The largest id of a row in PostgreSQL, which refuses to look for a larger one."""
LARGEST_EVENT_ID = 2**63 - 1


@dataclass(frozen=True)
class Slice(Generic[Shown]):
    """What one page shows. `older` is where the next one begins, None on the last; `first`: there is none before."""

    shown: Sequence[Shown]
    older: str | None
    first: bool


def older_than(largest: int = LARGEST_ID) -> int | None:
    """The id below which the asked page begins; None for the first page, and for what is no id."""
    asked = request.args.get("before", type=int)
    return asked if asked is not None and 0 < asked <= largest else None


def cut(found: Sequence[Shown], limit: int, key: Callable[[Shown], object], *, first: bool) -> Slice[Shown]:
    """The first `limit` of what was found, for which one more was asked so that it is known whether it goes on."""
    older = str(key(found[limit - 1])) if len(found) > limit else None
    return Slice(found[:limit], older, first)


def refuse_impossible_ids(_endpoint: str | None, values: dict[str, object] | None) -> None:
    """404 for a number in the URL that can be nobody's id."""
    for name, value in (values or {}).items():
        if isinstance(value, int) and value > (LARGEST_EVENT_ID if name == "event_id" else LARGEST_ID):
            abort(404)
