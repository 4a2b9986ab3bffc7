"""The latest REST calls that the workspace was asked, for the workbench and for tests."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

Json = dict[str, Any]

KEPT = 500


class Calls:
    """Bounded and thread-safe. Lives in memory only: it holds what was written about people."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._kept: deque[Json] = deque(maxlen=KEPT)

    def add(self, call: Json) -> None:
        with self._lock:
            self._count += 1
            self._kept.append({"number": self._count, **call})

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()

    def all(self) -> list[Json]:
        """Oldest first."""
        with self._lock:
            return list(self._kept)
