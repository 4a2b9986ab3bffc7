"""The canvas as a whole, and the two answers that carry it. Source: Canvas Kit reference, Canvas object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from canvas_components.actions import SheetAction
from canvas_components.base import Component, ComponentError, Part
from canvas_components.interactive import List
from canvas_components.limits import (
    MAX_BYTES,
    NO_LIVE_CANVAS,
    NO_SHEET,
    NOT_JSON,
    NOTHING_SHOWN,
    TWICE,
    Place,
    dump,
    size_problem,
)
from canvas_components.reader import read_canvas
from canvas_components.rules import https_url, kind_of

_EVENT = b',"event":{"type":"completed"}'


@dataclass(frozen=True, kw_only=True, repr=False)
class Canvas:
    """What Intercom shows: components, and data that comes back with the next click.

    Raises ComponentError for duplicate ids, for over 64 KB of content or of stored data, for an empty canvas, and in
    the Inbox for a sheet action or a content_url. The JSON is made once, here. Put no secret into `stored_data`: it
    may reach the teammate's browser.
    """

    components: Sequence[Component] = ()
    stored_data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    content_url: str | None = None
    place: Place = "inbox"
    _json: bytes = field(init=False, compare=False, default=b"")

    def __post_init__(self) -> None:
        object.__setattr__(self, "components", _checked_components(self.components, self.content_url))
        object.__setattr__(self, "stored_data", _checked_stored(self.stored_data))
        _check_content_url(self.content_url, self.place)
        _check_parts(self.components, self.place)
        object.__setattr__(self, "_json", self._dump())

    @classmethod
    def from_dict(cls, canvas: object, *, place: Place = "inbox") -> Canvas:
        """Read a canvas back from JSON, such as `current_canvas`. Unknown fields and nulls are passed over.

        Raises ComponentError with the first fault that `faults` would list.
        """
        return cls(place=place, **read_canvas(canvas, place=place))

    def to_dict(self) -> dict[str, Any]:
        """A fresh `{"content": {"components": [...]}, "stored_data": {...}}`; empty stored_data is left out."""
        made: dict[str, Any] = json.loads(self._json)
        return made

    def to_json(self) -> str:
        """`to_dict` as compact JSON text."""
        return self._json.decode()

    def to_json_bytes(self, *, event_completed: bool = False) -> bytes:
        """The whole answer to an initialize or submit request, `{"canvas": {...}}`, ready to send."""
        return b'{"canvas":' + self._json + (_EVENT if event_completed else b"") + b"}"

    def __repr__(self) -> str:
        """No texts and no stored data: a repr ends up in logs."""
        return f"Canvas(place={self.place!r}, components={len(self.components)}, bytes={len(self._json)})"

    def _dump(self) -> bytes:
        whole: dict[str, Any] = {}
        if self.components:
            whole["content"] = {"components": [component._json for component in self.components]}
        if self.content_url is not None:
            whole["content_url"] = self.content_url
        if self.stored_data:
            whole["stored_data"] = self.stored_data
        with suppress(ValueError):
            made = dump(whole)
            if len(made) <= MAX_BYTES:
                return made
        for name, value in whole.items():  # something is wrong, or each is within its own limit
            _check_size(name, value)
        return dump(whole)


def initialize_response(canvas: Canvas) -> dict[str, Any]:
    """The answer to an initialize request."""
    return {"canvas": canvas.to_dict()}


def submit_response(canvas: Canvas, event_completed: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - one plain switch
    """The answer to a submit request. The completed event is only recorded by Intercom, for reports."""
    answer = initialize_response(canvas)
    if event_completed:
        answer["event"] = {"type": "completed"}
    return answer


def _fault(name: str, problem: str) -> ComponentError:
    return ComponentError(component="canvas", id=None, field=name, problem=problem)


def _checked_components(components: object, content_url: str | None) -> tuple[Component, ...]:
    if not isinstance(components, list | tuple):
        raise _fault("components", f"is {kind_of(components)}, but must be a list")
    for number, component in enumerate(components):
        if not isinstance(component, Component):
            raise _fault("components", f"holds {kind_of(component)} at {number}, but must hold components only")
    if not components and content_url is None:
        raise _fault("components", NOTHING_SHOWN)
    return tuple(components)


def _check_parts(components: Sequence[Component], place: str) -> None:
    """Refuse what only the whole canvas can tell: an id that stands twice, a sheet in the Inbox."""
    ids: set[str] = set()
    for one in _clickable(components):
        part_id = getattr(one, "id", None)
        if part_id is not None:
            if part_id in ids:
                raise _fault("components", TWICE.format(part_id))
            ids.add(part_id)
        if place == "inbox" and isinstance(getattr(one, "action", None), SheetAction):
            raise ComponentError(component=one.type, id=part_id, field="action", problem=NO_SHEET)


def _clickable(components: Sequence[Component]) -> Iterator[Part]:
    """Whatever has an id that comes back as `component_id` or in `input_values`: components and list items."""
    for component in components:
        yield component
        if isinstance(component, List):
            yield from component.items


def _check_content_url(content_url: str | None, place: str) -> None:
    if place not in {"inbox", "messenger"}:
        raise _fault("place", "must be inbox or messenger")
    if content_url is not None:
        problem = NO_LIVE_CANVAS if place == "inbox" else https_url(content_url)
        if problem is not None:
            raise _fault("content_url", problem)


def _checked_stored(stored: object) -> dict[str, Any]:
    """A copy of our own, so that the canvas stays what it was checked to be."""
    if not isinstance(stored, Mapping):
        raise _fault("stored_data", f"is {kind_of(stored)}, but must be an object")
    if all(type(key) is str and type(value) is str for key, value in stored.items()):
        return dict(stored)
    if not all(isinstance(key, str) for key in stored):
        raise _fault("stored_data", "has a key that is not text")
    try:
        copied: dict[str, Any] = json.loads(dump(stored))
    except ValueError as error:
        raise _fault("stored_data", NOT_JSON) from error
    return copied


def _check_size(name: str, value: object) -> None:
    problem = size_problem(value)
    if problem is not None:
        raise _fault(name, problem)
