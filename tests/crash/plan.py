"""How hard a crash test is, and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The load, the troubles and the kills. The defaults are the long form."""

    messages: int = 2000
    senders: int = 200
    kills: int = 20
    seed: int = 1
    index_lag_s: float = 120.0
    """How late Intercom's search shows a new contact."""
    search_lag_s: int = 150
    """What Kinbox is told of it (KINBOX_SEARCH_LAG_S)."""
    intercom_delay_s: float = 0.15
    """How long Intercom takes for each answer, so that kills hit calls under way."""
    kill_every_s: tuple[float, float] = (4.0, 14.0)
    down_s: float = 2.0
    """The longest that a killed process stays down."""
    burst_every_s: float = 30.0
    burst_s: float = 2.0
    """For how long every call is answered with 429."""
    lease_s: float | None = None
    """Another lease than the product's own: a worker that is silent for so long loses its events."""
    settles_within_s: float | None = None
    """Another time than the product's own, after which a call without an answer is known not to have been made."""
    limit_s: float = 900.0

    def __post_init__(self) -> None:
        if not 0 < self.senders <= self.messages:
            raise ValueError("every sender needs a message")


SHORT = Plan(
    messages=150,
    senders=20,
    kills=4,
    index_lag_s=3.0,
    search_lag_s=6,
    intercom_delay_s=0.05,
    kill_every_s=(0.8, 1.6),
    down_s=0.5,
    burst_every_s=4.0,
    burst_s=0.4,
    lease_s=3.0,
    settles_within_s=4.0,
    limit_s=90.0,
)
"""Seconds where the long form has minutes."""

MOST_RECOVERY_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the workspace shows, compared with what was acknowledged. All of these must be 0."""

    lost: int = 0
    twice: int = 0
    misordered_senders: int = 0
    second_leads: int = 0
    senders_without_contact: int = 0
    dead_events: int = 0
    unfinished_events: int = 0

    @property
    def violations(self) -> int:
        return sum(vars(self).values())


@dataclass(frozen=True, kw_only=True)
class Report:
    """One run of a crash test."""

    found: Found
    acknowledged: int
    duration_s: float
    kills: Mapping[str, int]
    recoveries_s: tuple[float, ...]
    """From the kill of a worker until an event that it held is worked again, for each such event."""
    worked_again: int
    """Events that were taken more than once."""
    posts: Mapping[str, int]
    """The providers' calls, by what came of them."""
    troubles: Mapping[str, int]
    """Calls to Intercom that a trouble struck."""
    calls: int
    details: tuple[str, ...] = field(default=(), repr=False)

    @property
    def recovered_s(self) -> float:
        """The longest recovery; 0 when no kill hit an event."""
        return max(self.recoveries_s, default=0.0)

    @property
    def is_good(self) -> bool:
        return self.found.violations == 0 and self.recovered_s < MOST_RECOVERY_S

    def lines(self) -> list[str]:
        """For a person to read."""
        told = [
            f"{self.acknowledged} messages acknowledged, {self.duration_s:.0f} s, {self.calls} calls to Intercom",
            f"kills: {_counted(self.kills)}",
            f"troubles in Intercom: {_counted(self.troubles)}",
            f"providers' calls: {_counted(self.posts)}",
            f"events taken more than once: {self.worked_again}",
            f"recovery of a dead worker's events: {len(self.recoveries_s)} events, longest {self.recovered_s:.1f} s"
            f" (must be under {MOST_RECOVERY_S:.0f} s)",
            *(f"{name.replace('_', ' ')}: {count}" for name, count in vars(self.found).items()),
        ]
        return [*told, *self.details[:20], "everything held" if self.is_good else "A PROMISE IS BROKEN"]


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"
