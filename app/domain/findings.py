"""What a check of the set-up found."""

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
    about: str = ""
    """A short code for what this is about, so that other places than the command line find words of their own."""

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "about"}
