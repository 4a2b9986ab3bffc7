"""Numbers for Prometheus."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from app.errors import AppError

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
"""A canvas aims at 2 s and must be there within 4 s."""

_log = logging.getLogger("kinbox.metrics")

AskInbox = Callable[[], Mapping[str, float] | None]
"""How many events are in each state, and under `oldest_waiting_s` for how long the oldest waits; None if unknown."""


class MetricsUnreadable(AppError):
    """The folder that the processes share is gone, or a file in it is damaged."""

    def __init__(self) -> None:
        super().__init__(
            "The metrics cannot be read. Check the folder in PROMETHEUS_MULTIPROC_DIR, and restart Kinbox."
        )


class _Inbox(Collector):
    """The inbox's depth, asked for with each scrape. It is the database's, so one process may tell it for all."""

    def __init__(self, ask: AskInbox) -> None:
        self._ask = ask

    def describe(self) -> list[GaugeMetricFamily]:
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = self._ask()
        if found is None:
            return
        depth = dict(found)
        yield GaugeMetricFamily(
            "kinbox_inbox_oldest_waiting_seconds",
            "For how long the oldest event that could be worked has waited.",
            value=depth.pop("oldest_waiting_s"),
        )
        states = GaugeMetricFamily("kinbox_inbox_events", "Events in the inbox, by state.", labels=("state",))
        for state, count in depth.items():
            states.add_metric([state], count)
        yield states


class Metrics:
    """Counters and histograms of one app. `folder` is where several web processes share them."""

    def __init__(self, folder: str | None = None) -> None:
        self._folder = folder
        self._registry = CollectorRegistry()
        self._inbox: _Inbox | None = None
        self._told = False
        self._requests = Histogram(
            "kinbox_http_request_seconds",
            "Requests answered, by route.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._statuses = Counter(
            "kinbox_http_requests",
            "Requests answered, by route and status.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        # Finding the series costs more than counting, and there are few: routes, and statuses of each.
        self._request = lru_cache(maxsize=1024)(self._requests.labels)
        self._status = lru_cache(maxsize=1024)(self._statuses.labels)
        self._calls = Histogram(
            "kinbox_intercom_call_seconds",
            "Calls to Intercom, by endpoint and status; none when no answer came.",
            ("method", "path", "status"),
            buckets=SECONDS,
            registry=self._registry,
        )

    def count_request(self, method: str, route: str, status: int, took_s: float) -> None:
        try:
            self._request(method, route).observe(took_s)
            self._status(method, route, status).inc()
        except Exception as fault:  # noqa: BLE001 - it writes into mapped files, which fail in many ways
            self._tell(fault)

    def count_call(self, method: str, path: str, status: int | None, took_s: float) -> None:
        """`path` is the endpoint's template, never a path with ids."""
        try:
            self._calls.labels(method, path, str(status or "none")).observe(took_s)
        except Exception as fault:  # noqa: BLE001 - likewise
            self._tell(fault)

    def _tell(self, fault: Exception) -> None:
        """What is counted has happened: a folder that is gone must not undo it. Told once, not with each call."""
        if not self._told:
            self._told = True
            _log.warning(
                "metrics cannot be written, and calls are not counted: check PROMETHEUS_MULTIPROC_DIR", exc_info=fault
            )

    def watch_inbox(self, ask: AskInbox) -> None:
        """Show the inbox's depth, as `ask` tells it at each scrape."""
        self._inbox = _Inbox(ask)
        self._registry.register(self._inbox)

    def render(self) -> bytes:
        """All numbers, those of other processes too, in Prometheus' text format. Raises MetricsUnreadable."""
        if self._folder is None:
            return generate_latest(self._registry)
        shared = CollectorRegistry()
        if self._inbox is not None:
            shared.register(self._inbox)
        try:
            MultiProcessCollector(shared, path=self._folder)  # type: ignore[no-untyped-call]  # it has no types
            return generate_latest(shared)
        except (OSError, ValueError) as fault:
            raise MetricsUnreadable from fault
