"""One broken rule, found in JSON that somebody else made."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Level = Literal["fault", "warning"]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong, and where. A `warning` is shown all the same, but not as its author meant it."""

    path: str
    """As in JavaScript: `content.components[3].options`."""
    component: str
    """The `type` of the component, action, option or item; `canvas` for the whole."""
    id: str | None
    field: str
    problem: str
    """The end of a sentence that starts with the field."""
    level: Level = "fault"

    @property
    def sentence(self) -> str:
        """For people: names the component and the field, and never repeats a text of the canvas but an id."""
        end = "" if self.problem.endswith("?") else "."
        return f"{named(self.component, self.id)}: {self.field} {self.problem}{end}"

    def to_dict(self) -> dict[str, str | None]:
        """Everything, with the sentence, for JSON."""
        return {**asdict(self), "sentence": self.sentence}


def named(component: str, part_id: str | None) -> str:
    """A component for a sentence: `button "merge"`."""
    return f'{component} "{part_id[:80]}"' if part_id else component
