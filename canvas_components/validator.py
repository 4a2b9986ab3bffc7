"""A validator for JSON from elsewhere: it lists every broken rule, and raises on nothing.

It asks the very rules that the dataclasses ask, so that what they build has no faults, and what has no faults can be
built.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from canvas_components.base import Many, One, Part
from canvas_components.faults import Fault, Level
from canvas_components.limits import NO_LIVE_CANVAS, NO_SHEET, NOTHING_SHOWN, TWICE, Place, size_problem
from canvas_components.registry import COMPONENTS
from canvas_components.rules import https_url, kind_of


def faults(json_object: object, *, place: Place = "inbox") -> list[Fault]:
    """Every broken rule of a canvas, `{"content": ...}`, or of a whole answer, `{"canvas": {"content": ...}}`.

    Faults may keep the canvas from being shown. Warnings are fields that Intercom does not know, and nulls: it passes
    over them in silence. Never raises, whatever the JSON.
    """
    walk = _Walk(place)
    if isinstance(json_object, Mapping) and "canvas" in json_object:
        walk.answer(json_object)
    else:
        walk.canvas(json_object, "")
    return walk.found


class _Walk:
    """One way through a canvas, gathering faults and the ids that were seen."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.found: list[Fault] = []
        self.ids: set[str] = set()

    def answer(self, answer: Mapping[str, Any]) -> None:
        self.unknown("answer", None, answer, ("canvas", "event", "card_creation_options"), "")
        event = answer.get("event")
        if event is not None and event != {"type": "completed"}:
            self.add("event", "answer", None, "event", 'must be {"type": "completed"}, the only one there is')
        self.canvas(answer["canvas"], "canvas.")

    def canvas(self, canvas: object, prefix: str) -> None:
        if not isinstance(canvas, Mapping):
            self.whole(prefix.rstrip("."), "canvas", f"is {kind_of(canvas)}, but must be an object")
            return
        self.unknown("canvas", None, canvas, ("content", "content_url", "stored_data"), prefix)
        content, url, stored = (canvas.get(name) for name in ("content", "content_url", "stored_data"))
        if content is None and url is None:
            self.whole(f"{prefix}content", "content", "is missing")
        if content is not None:
            self.content(content, f"{prefix}content", is_live=url is not None)
            self.whole(f"{prefix}content", "content", size_problem(content))
        if url is not None:
            problem = NO_LIVE_CANVAS if self.place == "inbox" else https_url(url) or size_problem(url)
            self.whole(f"{prefix}content_url", "content_url", problem)
        if stored is not None:
            object_problem = f"is {kind_of(stored)}, but must be an object"
            problem = size_problem(stored) if isinstance(stored, Mapping) else object_problem
            self.whole(f"{prefix}stored_data", "stored_data", problem)

    def content(self, content: object, path: str, *, is_live: bool) -> None:
        if not isinstance(content, Mapping):
            self.whole(path, "content", f"is {kind_of(content)}, but must be an object")
            return
        self.unknown("content", None, content, ("components",), f"{path}.")
        components, path = content.get("components"), f"{path}.components"
        if components is None:
            self.whole(path, "components", "is missing")
        elif not isinstance(components, list):
            self.whole(path, "components", f"is {kind_of(components)}, but must be a list")
        elif not components and not is_live:
            self.whole(path, "components", NOTHING_SHOWN)
        else:
            for index, component in enumerate(components):
                self.one_of(COMPONENTS, component, f"{path}[{index}]", owner="canvas", field="components")

    def one_of(self, kinds: Mapping[str, type[Part]], value: object, path: str, *, owner: str, field: str) -> None:
        """Check an object that says by its `type` what it is."""
        if not isinstance(value, Mapping):
            self.add(path, owner, None, field, f"holds {kind_of(value)}, but must hold objects")
            return
        kind = value.get("type")
        if isinstance(kind, str) and kind in kinds:
            self.part(kinds[kind], value, path)
            return
        allowed = ", ".join(kinds)
        problem = "is missing" if kind is None else f"is not one of {allowed}"
        if isinstance(kind, str) and (near := get_close_matches(kind, kinds, 1)):
            problem += f"; did you mean {near[0]}?"
        self.add(f"{path}.type", next(iter(kinds)) if len(kinds) == 1 else "component", _id(value), "type", problem)

    def part(self, kind: type[Part], value: Mapping[str, Any], path: str) -> None:
        part_id = _id(value)
        aliases = kind.aliases
        self.unknown(kind.type, part_id, value, ("type", *aliases, *(name for name, _, _ in kind.rules)), f"{path}.")
        known = {aliases.get(name, name): inner for name, inner in value.items() if inner is not None}
        for name, rule, _ in kind.rules:
            at = f"{path}.{name}"
            if name not in known:
                if name in kind.required:
                    self.add(at, kind.type, part_id, name, "is missing")
            elif isinstance(rule, One):
                self.action(kind, rule, known[name], at, part_id)
            elif isinstance(rule, Many):
                self.entries(kind, rule, known[name], at, part_id, name)
            else:
                self.add(at, kind.type, part_id, name, rule(known[name]))
        if not kind.clash_trigger.isdisjoint(known):
            for name, problem in kind.clashes(known):
                self.add(f"{path}.{name}", kind.type, part_id, name, problem)
        self.seen(kind, part_id, path)

    def action(self, kind: type[Part], rule: One, value: object, path: str, part_id: str | None) -> None:
        if not isinstance(value, Mapping):
            problem = f"is {kind_of(value)}, but must be a {rule.allowed} action"
            self.add(path, kind.type, part_id, "action", problem)
            return
        action_type = value.get("type")
        problem_or_none = "has no type" if action_type is None else rule.refuse(action_type)
        self.add(path, kind.type, part_id, "action", problem_or_none)
        if problem_or_none is None:
            if action_type == "sheet" and self.place == "inbox":
                self.add(path, kind.type, part_id, "action", NO_SHEET)
            self.part(rule.kinds[str(action_type)], value, path)

    def entries(self, kind: type[Part], rule: Many, value: object, path: str, part_id: str | None, name: str) -> None:
        if not isinstance(value, list):
            self.add(path, kind.type, part_id, name, f"is {kind_of(value)}, but must be a list")
            return
        ids = [entry.get("id") for entry in value if isinstance(entry, Mapping)]
        self.add(path, kind.type, part_id, name, rule.refuse(len(value), ids if rule.unique_ids else []))
        for index, entry in enumerate(value):
            self.one_of({rule.kind.type: rule.kind}, entry, f"{path}[{index}]", owner=kind.type, field=name)

    def seen(self, kind: type[Part], part_id: str | None, path: str) -> None:
        """Note the id of whatever can be clicked or filled in; an option's id belongs to its own list."""
        if part_id is None or (kind.type not in COMPONENTS and kind.type != "item") or not hasattr(kind, "id"):
            return
        if part_id in self.ids:
            self.add(f"{path}.id", "canvas", None, "components", TWICE.format(part_id[:80]))
        self.ids.add(part_id)

    def unknown(
        self, component: str, part_id: str | None, value: Mapping[str, Any], names: tuple[str, ...], prefix: str
    ) -> None:
        """Warn of fields that Intercom passes over."""
        for name, inner in value.items():
            if name in names:
                if inner is None:
                    self.add(f"{prefix}{name}", component, part_id, name, "is null: leave it out", "warning")
                continue
            problem = "is not a field that Intercom knows, so it is ignored"
            near = get_close_matches(str(name)[:80], names, 1) or sorted(_same_words(str(name), names))
            problem += f"; did you mean {near[0]}?" if near else ""
            shown = str(name)[:80]
            self.add(f"{prefix}{shown}", component, part_id, shown, problem, "warning")

    def whole(self, path: str, field: str, problem: str | None) -> None:
        self.add(path, "canvas", None, field, problem)

    def add(
        self, path: str, component: str, part_id: str | None, field: str, problem: str | None, level: Level = "fault"
    ) -> None:
        if problem is not None:
            made = Fault(path=path, component=component, id=part_id, field=field, problem=problem, level=level)
            self.found.append(made)


def _id(value: Mapping[str, Any]) -> str | None:
    part_id = value.get("id")
    return part_id if isinstance(part_id, str) else None


def _same_words(name: str, names: tuple[str, ...]) -> list[str]:
    """Known names of the same words in another order: `margin_bottom` for `bottom_margin`."""
    words = sorted(name.split("_"))
    return [known for known in names if sorted(known.split("_")) == words]
