"""From JSON back to components."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from canvas_components.base import ComponentError, Many, One, Part
from canvas_components.limits import Place
from canvas_components.registry import COMPONENTS
from canvas_components.validator import faults


def read_canvas(canvas_json: object, *, place: Place) -> dict[str, Any]:
    """What to build a Canvas of, from a canvas or from the answer that holds it.

    Passes over what the validator only warns of. Raises ComponentError with the first fault.
    """
    for fault in faults(canvas_json, place=place):
        if fault.level == "fault":
            raise ComponentError(component=fault.component, id=fault.id, field=fault.field, problem=fault.problem)
    canvas: Any = canvas_json
    canvas = canvas.get("canvas", canvas)
    content = canvas.get("content") or {"components": []}
    return {
        "components": [_read(COMPONENTS[entry["type"]], entry) for entry in content["components"]],
        "stored_data": canvas.get("stored_data") or {},
        "content_url": canvas.get("content_url"),
    }


def _read(kind: type[Part], entry: Mapping[str, Any]) -> Any:
    values: dict[str, Any] = {}
    renamed = {kind.aliases.get(name, name): value for name, value in entry.items() if value is not None}
    for name, rule, _ in kind.rules:
        if name in renamed:
            values[name] = _read_value(rule, renamed[name])
    return kind(**values)


def _read_value(rule: object, value: Any) -> Any:
    if isinstance(rule, One):
        return _read(rule.kinds[value["type"]], value)
    if isinstance(rule, Many):
        return [_read(rule.kind, entry) for entry in value]
    return value
