"""The bridge's figures, against an Intercom that answers after 20 ms."""

from __future__ import annotations

from pathlib import Path

from tests.bench import flow, known_sender
from tests.bench.intercom import ANSWER_S, StandIn, stand_in
from tests.bench.known_sender import FEW, MANY
from tests.bench.load import CONNECTIONS
from tests.bench.printed import figure, title
from tests.bench.shop import Shop, shops

MOST_P99_MS = 100.0
LEAST_RATIO = 0.8
MOST_GROWTH = 1.2
_FULL = 0.9
"""The share of a core, or of the machine, from which on it is the limit."""


def show_bridge(folder: Path) -> None:
    """Print everything about the bridge; takes some two minutes for two databases."""
    with stand_in() as intercom, shops(intercom.url, folder) as opened:
        _webhooks(opened, folder)
        _throughput(opened, intercom, folder)
        _calls(opened, intercom)
        _known_senders(opened)


def _webhooks(opened: dict[str, Shop], folder: Path) -> None:
    title(f"Webhooks under gunicorn, {flow.WEB_WORKERS} workers x 4 threads, {CONNECTIONS} connections")
    for name, shop in opened.items():
        measured = flow.webhooks(shop, folder)
        highest, half = measured.highest, measured.half
        cost = f"{measured.cpu_ms:.1f} ms of processor time each"
        figure(f"acknowledged, {name}", f"{highest.per_second:,.0f} a second, p99 {highest.p99_ms:.1f} ms, {cost}")
        told = f"{half.per_second:,.0f} a second, p50 {half.p50_ms:.1f} ms, p99 {half.p99_ms:.1f} ms"
        figure(f"at half of that, {name}", told, f"p99 under {MOST_P99_MS:.0f} ms", half.p99_ms < MOST_P99_MS)


def _throughput(opened: dict[str, Shop], intercom: StandIn, folder: Path) -> None:
    title(f"Messages of known senders through to Intercom, {ANSWER_S * 1000:.0f} ms an answer")
    for name, shop in opened.items():
        for workers in (1, 2):
            done = flow.throughput(shop, intercom, folder, workers=workers)
            is_full = done.cores >= _FULL * workers or done.machine >= _FULL
            told = (
                f"{done.per_second:,.0f} a second, {done.ratio:.2f} of {done.ideal:,.0f};"
                f" {done.cpu_ms:.1f} ms of processor time each, {done.cores:.2f} cores in workers,"
                f" machine {done.machine:.0%} busy"
                f"{': the processor is the limit' if is_full and done.ratio < LEAST_RATIO else ''}"
            )
            target = f"at least {LEAST_RATIO}, or the processor's limit"
            figure(f"{workers} worker{'s'[: workers - 1]}, {name}", told, target, is_full or done.ratio >= LEAST_RATIO)


def _calls(opened: dict[str, Shop], intercom: StandIn) -> None:
    title("Calls to Intercom of one message")
    for one in flow.calls(opened["SQLite"], intercom):
        figure(one.title, str(one.total), str(one.target), one.total == one.target)


def _known_senders(opened: dict[str, Shop]) -> None:
    title("A known sender: a message stored and brought through without Intercom's time, the sidebar without a server")
    for name, shop in opened.items():
        costs = known_sender.measure(shop)
        for people, cost in costs.items():
            message = f"message {cost.store_ms:.2f} + {cost.deliver_ms:.2f} ms"
            sidebar = f"initialize {cost.initialize_ms:.2f} ms, {cost.facts_ms:.2f} of it the database"
            told = f"stored link {cost.lookup_ms:.2f} ms; {message}; {sidebar}"
            figure(f"{people:,} people, {name}", told)
        for what in ("stored link", "message", "initialize"):
            growth = costs[MANY].of(what) / costs[FEW].of(what)
            target = f"at most {MOST_GROWTH}"
            figure(f"{what}, 1,000 x as many, {name}", f"x {growth:.2f}", target, growth <= MOST_GROWTH)
