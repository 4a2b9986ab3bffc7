"""How many initializes a second Kinbox answers, beside the baseline under the same conditions.

A machine is never quiet, so that only neighbours in time are compared. Each round starts every server anew; each pass
loads one server after the other, with the baseline between the Kinboxes; a ratio is taken within one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median

from tests.bench.baseline import CANVAS_VARIABLE
from tests.bench.load import Result, http_request, run_load
from tests.bench.scene import CLIENT_SECRET, Scene
from tests.bench.servers import BASELINE, KINBOX, Gunicorn
from tests.sidebar_driver import sign

ROUNDS = 3
PASSES = 2
WORKERS = 2
MEASURED_S = 1.2
WARM_UP_S = 0.8
"""Until caches are filled and the connections are spread over the workers."""
BASELINE_NAME = "baseline"


@dataclass(frozen=True)
class Sample:
    """One server under load in one pass. `cpu_ms` is what a request cost its workers, where that can be told."""

    load: Result
    cpu_ms: float | None


@dataclass(frozen=True)
class Rounds:
    """The samples by the server's name, in the order of the passes."""

    samples: Mapping[str, list[Sample]]

    def ratios(self, name: str) -> list[float]:
        """Throughput of this server over the baseline's, pass by pass."""
        pairs = zip(self.samples[name], self.samples[BASELINE_NAME], strict=True)
        return [one.load.per_second / beside.load.per_second for one, beside in pairs]

    def middle(self, name: str, figure: Callable[[Result], float]) -> float:
        """The median over the passes."""
        return median(figure(sample.load) for sample in self.samples[name])

    def cpu_ms(self, name: str) -> float | None:
        told = [sample.cpu_ms for sample in self.samples[name] if sample.cpu_ms is not None]
        return median(told) if told else None


def signed_initialize(scene: Scene) -> bytes:
    return http_request(scene.initialize, sign(scene.initialize, CLIENT_SECRET))


def measure(scene: Scene, urls: Mapping[str, str], canvas: bytes, folder: Path) -> Rounds:
    """Load the baseline, which answers `canvas`, and Kinbox on each database. Takes some 45 s for two of them."""
    kinboxes = [(name, KINBOX, scene.environment(url)) for name, url in urls.items()]
    constant = {CANVAS_VARIABLE: canvas.decode(), "INTERCOM_CLIENT_SECRET": CLIENT_SECRET}
    apps = [kinboxes[0], (BASELINE_NAME, BASELINE, constant), *kinboxes[1:]]
    samples: dict[str, list[Sample]] = {name: [] for name, _, _ in apps}
    for _ in range(ROUNDS):
        with ExitStack() as running:
            servers = {
                name: running.enter_context(Gunicorn(app, environment, folder / f"{name}.log", workers=WORKERS))
                for name, app, environment in apps
            }
            for server in servers.values():
                server.wait()
            for _, (name, server) in product(range(PASSES), servers.items()):
                samples[name].append(_sample(server, signed_initialize(scene), len(canvas)))
    return Rounds(samples)


def _sample(server: Gunicorn, request: bytes, canvas_bytes: int) -> Sample:
    before_s = server.cpu_s
    load = run_load(server.port, request, warm_up_s=WARM_UP_S, seconds=MEASURED_S)
    after_s = server.cpu_s
    if load.answer_bytes != canvas_bytes:
        raise RuntimeError(f"a server answered {load.answer_bytes} bytes where the canvas has {canvas_bytes}")
    if before_s is None or after_s is None:
        return Sample(load, None)
    return Sample(load, (after_s - before_s) / load.requests_with_warm_up * 1000)
