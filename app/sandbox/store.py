"""The workspace's state: plain JSON under one lock, and on disk where a path is given."""

from __future__ import annotations

import copy
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.sandbox.ids import Ids
from app.sandbox.unconfirmed import Unconfirmed

Json = dict[str, Any]
Seed = Callable[[float], Json]

LISTS = ("admins", "teams", "pending_moves")
TABLES = ("contacts", "conversations", "tags", "notes", "companies", "data_attributes", "index", "files")


def empty_state(_now: float = 0.0) -> Json:
    """A workspace with nobody in it."""
    state: Json = {"version": 1, "counters": {}, "conversation_attributes": [], "install": None}
    state.update({name: [] for name in LISTS})
    state.update({name: {} for name in TABLES})
    return state


class Store:
    """State that one thread at a time may see or change.

    Records are replaced, never edited in place where the search index may still hold them.
    """

    def __init__(
        self,
        *,
        seed: Seed = empty_state,
        path: Path | None = None,
        now: Callable[[], float] = time.time,
        unconfirmed: Unconfirmed | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.path = path
        self.now = now
        self.unconfirmed = unconfirmed or Unconfirmed()
        self.on_enter: list[Callable[[], None]] = []
        self.on_leave: list[Callable[[], None]] = []
        self._seed = seed
        self._depth = 0
        self._dirty = False
        self.state = self._load() or self._fresh()

    @property
    def ids(self) -> Ids:
        return Ids(self.state["counters"])

    def clock_s(self) -> int:
        return int(self.now())

    def touch(self) -> None:
        """Say that something changed, so that it is written when the outermost `change` ends."""
        self._dirty = True

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the workspace for one call; what was changed is on disk before this returns."""
        with self.lock:
            self._depth += 1
            try:
                if self._depth == 1:
                    for settle in self.on_enter:
                        settle()
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._leave()

    def _leave(self) -> None:
        if self._dirty:
            self._save()
        for told in self.on_leave:
            told()

    def reset(self) -> None:
        """Forget everything and start from the seed again."""
        with self.change():
            self.state = self._fresh()
            self.touch()

    def _fresh(self) -> Json:
        state = empty_state()
        state.update(copy.deepcopy(self._seed(self.now())))
        return state

    def _load(self) -> Json | None:
        if self.path is None or not self.path.exists():
            return None
        state = empty_state()
        state.update(json.loads(self.path.read_text("utf-8")))
        return state

    def _save(self) -> None:
        self._dirty = False
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=self.path.name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(self.state, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(self.path)
