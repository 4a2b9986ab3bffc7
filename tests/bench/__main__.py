"""`make bench`: speed, calls and memory of sidebar, bridge and nightly walk, each figure on a line with its target.

It reports and never fails on a missed target; it ends with an error only when something could not be measured.
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench import counts, memory, throughput
from tests.bench.bridge_figures import show_bridge
from tests.bench.databases import databases
from tests.bench.echo import echo_server
from tests.bench.links import show_links
from tests.bench.load import CONNECTIONS, REQUESTS_A_CONNECTION, run_load
from tests.bench.printed import figure, title
from tests.bench.scene import Scene, open_scene
from tests.bench.throughput import BASELINE_NAME, Rounds

LEAST_RATIO = 0.5
MOST_QUERIES = 2
MOST_GROWTH_MB = 5.0
MB = 1024 * 1024


def main() -> None:
    began_s = time.monotonic()
    with TemporaryDirectory() as name, open_scene() as scene, databases(scene, Path(name)) as urls:
        canvas = _counts(scene, urls)
        _memory(scene, urls["SQLite"], Path(name))
        _limit_of_load(scene)
        _speed(scene, urls, canvas, Path(name))
    for show in (show_bridge, show_links):
        with TemporaryDirectory() as name:
            show(Path(name))
    if "PostgreSQL" not in urls:
        print("\nPostgreSQL was not measured: no server answers at TEST_POSTGRES_URL.")
    print(f"\nTook {time.monotonic() - began_s:.0f} s.")


def _counts(scene: Scene, urls: dict[str, str]) -> bytes:
    """Answers the canvas of an initialize."""
    title("One initialize")
    for engine, url in urls.items():
        with scene.kinbox(url) as kinbox:
            cost = counts.initialize_cost(scene, kinbox)
        figure(
            f"database queries, {engine}", str(cost.queries), f"at most {MOST_QUERIES}", cost.queries <= MOST_QUERIES
        )
        figure(f"calls to Intercom, {engine}", str(cost.intercom_calls), "0", cost.intercom_calls == 0)
    title("Calls to Intercom of one confirmed merge")
    with scene.kinbox(urls["SQLite"]) as kinbox:
        for case in counts.MERGES:
            calls = len(counts.merge_calls(scene, kinbox, case))
            figure(case.title, str(calls), str(case.target), calls == case.target)
    return cost.canvas


def _memory(scene: Scene, url: str, folder: Path) -> None:
    title("Memory of one web process, 1 worker x 4 threads, SQLite")
    measured = memory.measure(scene, url, folder)
    if measured is None:
        print("  not measured: this machine has no /proc")
        return
    growth_mb = measured.growth_bytes / MB
    figure(f"after {memory.WARM_UP:,} initializes", f"{measured.after_warm_up_bytes / MB:.1f} MB")
    figure(f"after {memory.MEASURED:,} more", f"{measured.at_the_end_bytes / MB:.1f} MB")
    figure("growth", f"{growth_mb:+.1f} MB", f"under {MOST_GROWTH_MB:.0f} MB", growth_mb < MOST_GROWTH_MB)


def _limit_of_load(scene: Scene) -> None:
    title(f"The load itself, {CONNECTIONS} connections, against a bare socket")
    request = throughput.signed_initialize(scene)
    with echo_server(len(request)) as port:
        load = run_load(port, request, seconds=1)
    figure("requests a second", f"{load.per_second:,.0f}")
    figure("processor time a request", f"{load.cpu_ms:.3f} ms")


def _speed(scene: Scene, urls: dict[str, str], canvas: bytes, folder: Path) -> None:
    title(f"Initialize under gunicorn, {throughput.WORKERS} workers x 4 threads")
    request_kb, canvas_kb = len(scene.initialize) / 1000, len(canvas) / 1000
    print(
        f"  request {request_kb:.1f} kB, canvas {canvas_kb:.1f} kB; {CONNECTIONS} connections, each kept for some"
        f" {REQUESTS_A_CONNECTION} requests;\n  medians of {throughput.ROUNDS} starts with"
        f" {throughput.PASSES} passes of {throughput.MEASURED_S} s",
        flush=True,
    )
    rounds = throughput.measure(scene, urls, canvas, folder)
    names = sorted(rounds.samples, key=lambda name: name != BASELINE_NAME)
    for name in names:
        figure("the smallest Flask app" if name == BASELINE_NAME else f"Kinbox on {name}", _told(rounds, name))
    for name in names[1:]:
        ratios = rounds.ratios(name)
        told = f"min {min(ratios):.2f}, median {median(ratios):.2f}, max {max(ratios):.2f}"
        figure(f"throughput ratio, {name}", told, f"at least {LEAST_RATIO}", median(ratios) >= LEAST_RATIO)
        cost, least = rounds.cpu_ms(name), rounds.cpu_ms(BASELINE_NAME)
        if cost and least:
            figure(f"processor time ratio, {name}", f"{least / cost:.2f} (hardly changes on a busy machine)")


def _told(rounds: Rounds, name: str) -> str:
    per_second = rounds.middle(name, lambda load: load.per_second)
    p50_ms = rounds.middle(name, lambda load: load.p50_ms)
    p99_ms = rounds.middle(name, lambda load: load.p99_ms)
    cpu_ms = rounds.cpu_ms(name)
    cost = "" if cpu_ms is None else f", {cpu_ms:.2f} ms of processor time each"
    return f"{per_second:5,.0f} requests/s, p50 {p50_ms:4.1f} ms, p99 {p99_ms:4.1f} ms{cost}"


if __name__ == "__main__":
    main()
