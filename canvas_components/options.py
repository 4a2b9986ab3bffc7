"""What stands inside the components that hold several entries: options, list items, rows of a data table."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, ClassVar

from canvas_components.actions import SheetAction, SubmitAction, UrlAction
from canvas_components.base import One, Part, part
from canvas_components.rules import any_text, filled_text, flag, https_url, meta, pixels

CLICK = meta(One(SubmitAction, UrlAction, SheetAction))
"""Metadata of an action field that takes every action; the canvas refuses a sheet in the Inbox."""


@part
class Option(Part):
    """One choice of a Dropdown, SingleSelect or Checkbox. `id` is what comes back in `input_values`."""

    type: ClassVar[str] = "option"
    id: str = field(metadata=meta(filled_text))
    text: str = field(metadata=meta(filled_text))
    disabled: bool | None = field(default=None, metadata=meta(flag))


@part
class Item(Part):
    """One entry of a List. `id` comes back as `component_id`, so it is unique in the whole canvas."""

    type: ClassVar[str] = "item"
    clash_trigger: ClassVar[frozenset[str]] = frozenset({"image_width", "image_height"})
    id: str = field(metadata=meta(filled_text))
    title: str = field(metadata=meta(filled_text))
    subtitle: str | None = field(default=None, metadata=meta(any_text))
    tertiary_text: str | None = field(default=None, metadata=meta(any_text))
    image: str | None = field(default=None, metadata=meta(https_url))
    image_width: int | None = field(default=None, metadata=meta(pixels))
    image_height: int | None = field(default=None, metadata=meta(pixels))
    rounded_image: bool | None = field(default=None, metadata=meta(flag))
    disabled: bool | None = field(default=None, metadata=meta(flag))
    action: SubmitAction | UrlAction | SheetAction | None = field(default=None, metadata=CLICK)

    @classmethod
    def clashes(cls, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if values.get("image") is not None:
            return iter(())
        sizes = (name for name in ("image_width", "image_height") if values.get(name) is not None)
        return ((name, "is set, but the item has no image") for name in sizes)


@part
class FieldValue(Part):
    """One row of a DataTable. In the Inbox a long value is cut, and shown whole on hover."""

    type: ClassVar[str] = "field-value"
    field: str = dataclasses.field(metadata=meta(filled_text))
    value: str = dataclasses.field(metadata=meta(filled_text))
