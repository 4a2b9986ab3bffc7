"""What Intercom's reviewers ask of the first canvas in the Inbox. Source: Inbox best practices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from canvas_components.faults import Fault
from canvas_components.height import components_of, estimate_height_px, objects

MAX_FIRST_HEIGHT_PX = 400
"""Tallest first canvas; reviewers ask for it, the wire does not enforce it."""

_AMOUNT = r"(?:\d+|an?|one|two|three|few|a few|several|many)"
_UNIT = r"(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|months?|mos?|y|yrs?|years?|moments?)"
_RELATIVE = re.compile(
    rf"\b(?:{_AMOUNT} ?{_UNIT} ago|in {_AMOUNT} {_UNIT}|(?:just|right) now|moments ago|(?:a )?(?:while|moment) ago"
    r"|yesterday|today|tomorrow|tonight|(?:last|this|next) (?:night|morning|evening|week|month|year|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday))\b",
    re.IGNORECASE,
)
_TEXTS = ("text", "label", "placeholder", "title", "subtitle", "tertiary_text", "field", "value")
_LISTS = ("items", "options", "option")


def first_canvas_faults(canvas_json: object) -> list[Fault]:
    """What a reviewer would refuse in a first canvas: over 400 px (an estimate), a primary button, a relative time.

    Takes a canvas or the answer that holds it. Never raises; `faults` looks after everything else.
    """
    prefix = "canvas." if isinstance(canvas_json, Mapping) and "canvas" in canvas_json else ""
    found = [*_too_tall(canvas_json, prefix)]
    for index, component in enumerate(components_of(canvas_json)):
        path = f"{prefix}content.components[{index}]"
        found += _primary(component, path)
        found += _relative_times(component, component, path)
        for name in _LISTS:
            for place, entry in enumerate(objects(component.get(name))):
                found += _relative_times(component, entry, f"{path}.{name}[{place}]")
    return found


def _too_tall(canvas_json: object, prefix: str) -> Iterator[Fault]:
    height_px = estimate_height_px(canvas_json)
    if height_px > MAX_FIRST_HEIGHT_PX:
        allowed = f"a first canvas may be {MAX_FIRST_HEIGHT_PX} px at most: show the rest on demand"
        problem = f"are about {height_px} px tall together, but {allowed}"
        yield _fault(f"{prefix}content.components", {"type": "canvas"}, "components", problem)


def _primary(component: Mapping[str, Any], path: str) -> Iterator[Fault]:
    if component.get("type") == "button" and component.get("style") in (None, "primary"):
        problem = "is primary (the default), which is for steps inside a flow: use secondary or link on a first canvas"
        yield _fault(f"{path}.style", component, "style", problem)


def _relative_times(component: Mapping[str, Any], part: Mapping[str, Any], path: str) -> Iterator[Fault]:
    for name in _TEXTS:
        text = part.get(name)
        if isinstance(text, str) and _RELATIVE.search(text):
            problem = "has a relative time, which goes wrong while it is looked at: write Mar 4, 2026 at 9:05AM"
            yield _fault(f"{path}.{name}", part if part.get("id") else component, name, problem)


def _fault(path: str, part: Mapping[str, Any], field: str, problem: str) -> Fault:
    kind, part_id = part.get("type"), part.get("id")
    return Fault(
        path=path,
        component=kind if isinstance(kind, str) else "component",
        id=part_id if isinstance(part_id, str) else None,
        field=field,
        problem=problem,
    )
