"""A screen: the components of a canvas and the state that has to come back with the next click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from canvas_components import Component


@dataclass(frozen=True)
class Screen:
    """`state` is JSON: what was offered here. The edge signs it into `stored_data`."""

    components: Sequence[Component]
    state: Mapping[str, Any] = field(default_factory=dict)
