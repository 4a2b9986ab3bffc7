"""What search can see: each contact as it was some seconds ago."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.sandbox.store import Store

Json = dict[str, Any]

HORIZON_S = 900.0
"""How far back contacts are remembered, so that the lag can be raised while running."""


class Index:
    """Keeps the versions of each contact with the time they were written.

    `lag_s` is how old the picture is that search sees. A contact that is gone now is never found.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.lag_s = 0.0

    def note(self, record: Json, before: Json | None) -> None:
        """Remember this version of the contact; neither record may be edited afterwards."""
        now = self._store.now()
        versions = self._versions().setdefault(record["id"], [])
        if not versions and before is not None:
            versions.append([0.0, before])
        versions.append([now, record])
        horizon = now - max(HORIZON_S, self.lag_s)
        while len(versions) > 1 and versions[1][0] <= horizon:
            versions.pop(0)

    def visible(self) -> Iterator[Json]:
        """Contacts as search sees them now."""
        seen_until = self._store.now() - self.lag_s
        versions = self._versions()
        for contact_id, current in self._store.state["contacts"].items():
            if current["_state"] != "active":
                continue
            if self.lag_s <= 0:
                yield current
                continue
            known = versions.get(contact_id)
            seen = _latest(known, seen_until) if known else current
            if seen is not None and seen["_state"] == "active":
                yield seen

    def _versions(self) -> dict[str, list[list[Any]]]:
        versions: dict[str, list[list[Any]]] = self._store.state["index"]
        return versions


def _latest(versions: list[list[Any]], until_s: float) -> Json | None:
    """The newest version written by then."""
    for at_s, record in reversed(versions):
        if at_s <= until_s:
            found: Json = record
            return found
    return None
