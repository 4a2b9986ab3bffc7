"""The canvas as a whole, and the two answers that carry it. Source: Canvas Kit reference, Canvas object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from canvas_components.actions import SheetAction
from canvas_components.base import Component, ComponentError, Part, first_twin
from canvas_components.rules import https_url, kind_of

Place = Literal["inbox", "messenger"]

MAX_BYTES = 64 * 1024
"""Largest `content`, and largest `stored_data`, each as compact UTF-8 JSON."""

_ENCODE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_EVENT = b',"event":{"type":"completed"}'


def dump(value: object) -> bytes:
    """Compact UTF-8 JSON. Raises ValueError for whatever is not JSON: NaN, half characters, objects, endless nesting."""
    try:
        return _ENCODE(value).encode()
    except (TypeError, RecursionError) as error:
        raise ValueError("is not plain JSON") from error


@dataclass(frozen=True, kw_only=True, repr=False)
class Canvas:
    """What Intercom shows: components, and data that comes back with the next click.

    Raises ComponentError for duplicate ids, for over 64 KB of content or of stored data, for an empty canvas, and in the
    Inbox for a sheet action or a content_url. The JSON is made once, here. `stored_data` may reach the teammate's browser.
    """

    components: Sequence[Component] = ()
    stored_data: Mapping[str, Any] = field(default_factory=dict)
    content_url: str | None = None
    place: Place = "inbox"
    _json: bytes = field(init=False, compare=False, default=b"")

    def __post_init__(self) -> None:
        object.__setattr__(self, "components", _checked_components(self.components, self.content_url))
        _check_ids(self.components)
        _check_place(self.place, self.components, self.content_url)
        stored = _dump_limited("stored_data", _checked_stored(self.stored_data))
        object.__setattr__(self, "stored_data", json.loads(stored))
        object.__setattr__(self, "_json", self._assemble(stored))

    @classmethod
    def from_dict(cls, canvas: object, *, place: Place = "inbox") -> Canvas:
        """Read a canvas back from JSON, such as `current_canvas`. Unknown fields and nulls are passed over.

        Raises ComponentError with the first fault that `faults` would list.
        """
        from canvas_components.reader import read_canvas  # noqa: PLC0415 - the reader builds canvases

        return read_canvas(canvas, place=place)

    def to_dict(self) -> dict[str, Any]:
        """`{"content": {"components": [...]}, "stored_data": {...}}`, a fresh copy; empty stored_data is left out."""
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

    def _assemble(self, stored: bytes) -> bytes:
        made = []
        if self.components:
            content = {"components": [component.to_dict() for component in self.components]}
            made.append(b'"content":' + _dump_limited("content", content))
        if self.content_url is not None:
            made.append(b'"content_url":' + _dump_limited("content_url", self.content_url))
        if self.stored_data:
            made.append(b'"stored_data":' + stored)
        return b"{" + b",".join(made) + b"}"


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
            raise _fault(
                "components", f"holds {kind_of(component)} at {number}, but must hold components only"
            )
    if not components and content_url is None:
        raise _fault("components", "is empty, so nothing would be shown")
    return tuple(components)


def _check_ids(components: Sequence[Component]) -> None:
    twin = first_twin(clicked_ids(components))
    if twin is not None:
        raise _fault("components", f'has the id "{twin}" twice, so clicks and inputs could not be told apart')


def clicked_ids(components: Sequence[Component]) -> Iterator[object]:
    """Every id that can come back as `component_id` or in `input_values`: of components and of list items."""
    for component in components:
        if component.type == "list":
            for item in component.children():
                yield getattr(item, "id", None)
        else:
            yield getattr(component, "id", None)


def _check_place(place: str, components: Sequence[Component], content_url: str | None) -> None:
    if place not in {"inbox", "messenger"}:
        raise _fault("place", "must be inbox or messenger")
    if content_url is not None:
        problem = https_url(content_url)
        if place == "inbox":
            problem = "is set, but live canvases exist in the Messenger only"
        if problem is not None:
            raise _fault("content_url", problem)
    if place == "inbox":
        for component in components:
            _refuse_sheets(component)


def _refuse_sheets(owner: Part) -> None:
    for inner in owner.children():
        if isinstance(inner, SheetAction):
            owner_id = getattr(owner, "id", None)
            problem = "opens a sheet, which exists in the Messenger only"
            raise ComponentError(component=owner.type, id=owner_id, field="action", problem=problem)
        _refuse_sheets(inner)


def _checked_stored(stored: object) -> Mapping[str, Any]:
    if not isinstance(stored, Mapping):
        raise _fault("stored_data", f"is {kind_of(stored)}, but must be an object")
    if not all(isinstance(key, str) for key in stored):
        raise _fault("stored_data", "has a key that is not text")
    return stored if isinstance(stored, dict) else dict(stored)


def _dump_limited(name: str, value: object) -> bytes:
    try:
        made = dump(value)
    except ValueError as error:
        raise _fault(
            name, "cannot be sent as JSON: use text, numbers, true, false, null, lists and objects"
        ) from error
    if len(made) > MAX_BYTES:
        raise _fault(name, f"is {len(made)} bytes of JSON, but at most {MAX_BYTES} are allowed")
    return made
