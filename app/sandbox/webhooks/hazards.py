"""What may go wrong on the way of a notification, as switches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from app.sandbox.problems import invalid

KINDS = ("doubled", "late", "out_of_order", "lost", "without_merged_from")


@dataclass(frozen=True, kw_only=True)
class Hazards:
    """Which faults strike the notifications of changes to come. Those that wait already keep theirs."""

    doubled: bool = False
    """Sent twice, with the same id."""
    late: bool = False
    """Sent `late_s` after the change; later ones overtake it."""
    out_of_order: bool = False
    """Gathered for a moment, and sent the newest first."""
    lost: bool = False
    """Never sent."""
    without_merged_from: bool = False
    """`contact.merged` does not say who was merged, as seen in 2024."""
    late_s: float = 30.0
    count: int | None = None
    """How many notifications they strike before all are off again; none means until they are switched off."""

    def struck(self) -> tuple[str, ...]:
        """The faults that are on, by name."""
        return tuple(kind for kind in KINDS if getattr(self, kind))

    def after_one(self) -> Hazards:
        """What is left on once one more notification was struck."""
        if self.count is None or not self.struck():
            return self
        return replace(self, count=self.count - 1) if self.count > 1 else Hazards(late_s=self.late_s)

    def changed(self, values: Mapping[str, Any]) -> Hazards:
        """A copy with these values. Raises ApiError 400 for an unknown name or a value that does not fit."""
        known = {field.name for field in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise invalid(f"Faults of webhooks: {', '.join(sorted(known))}", name)
            if name in KINDS and not isinstance(value, bool):
                raise invalid(f"{name} is on (true) or off (false)", name)
        late_s, count = values.get("late_s", self.late_s), values.get("count", self.count)
        if isinstance(late_s, bool) or not isinstance(late_s, int | float) or late_s < 0:
            raise invalid("late_s is a number of seconds", "late_s")
        if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 1):
            raise invalid("count is a whole number of notifications, or null", "count")
        return replace(self, **values)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
