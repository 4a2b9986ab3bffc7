"""What `doctor` found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """`what` is the state of things; `mend` what to do about it, empty when all is well."""

    level: Level
    what: str
    mend: str = ""
    workspace: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
