"""Whether one web process grows while it answers initializes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.bench.load import run_load
from tests.bench.scene import Scene
from tests.bench.servers import KINBOX, Gunicorn
from tests.bench.throughput import signed_initialize

WARM_UP = 1_000
MEASURED = 10_000


@dataclass(frozen=True)
class Memory:
    """Resident memory of one worker."""

    after_warm_up_bytes: int
    at_the_end_bytes: int

    @property
    def growth_bytes(self) -> int:
        return self.at_the_end_bytes - self.after_warm_up_bytes


def measure(scene: Scene, url: str, folder: Path) -> Memory | None:
    """None on a machine that does not tell a process's memory."""
    with Gunicorn(KINBOX, scene.environment(url), folder / "memory.log", workers=1) as server:
        server.wait()
        run_load(server.port, signed_initialize(scene), requests=WARM_UP)
        before = server.memory_bytes
        run_load(server.port, signed_initialize(scene), requests=MEASURED)
        after = server.memory_bytes
    return None if before is None or after is None else Memory(before, after)
