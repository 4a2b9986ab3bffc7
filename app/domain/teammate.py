"""The teammate who looks at the sidebar, as Intercom's signed request names them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Teammate:
    """An Intercom admin. `id` is theirs in the workspace of the request."""

    id: str
    name: str = field(repr=False)
