"""Components that only show something. Source: Canvas Kit reference, presentation components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import ClassVar, Literal

from canvas_components.actions import UrlAction
from canvas_components.base import Component, Many, One, part
from canvas_components.options import FieldValue
from canvas_components.rules import among, filled_text, flag, https_url, meta, pixels

TextAlign = Literal["left", "center", "right"]
TextStyle = Literal["header", "paragraph", "muted", "error"]
ImageAlign = Literal["left", "center", "right", "full_width"]
SpacerSize = Literal["xs", "s", "m", "l", "xl"]
BottomMargin = Literal["none"]

_ID = meta(filled_text)
_BOTTOM_MARGIN = meta(among(BottomMargin))


@part
class Text(Component):
    """A text. Without a style it is a paragraph.

    Markdown links `[label](url)` and bold `**x**` work in it, so customers' texts must pass `plain` first.
    """

    type: ClassVar[str] = "text"
    text: str = field(metadata=meta(filled_text))
    id: str | None = field(default=None, metadata=_ID)
    align: TextAlign | None = field(default=None, metadata=meta(among(TextAlign)))
    style: TextStyle | None = field(default=None, metadata=meta(among(TextStyle)))
    bottom_margin: BottomMargin | None = field(default=None, metadata=_BOTTOM_MARGIN)


@part
class Image(Component):
    """A picture with its size in pixels. Only https is shown, and only a url action is allowed."""

    type: ClassVar[str] = "image"
    url: str = field(metadata=meta(https_url))
    width: int = field(metadata=meta(pixels))
    height: int = field(metadata=meta(pixels))
    id: str | None = field(default=None, metadata=_ID)
    align: ImageAlign | None = field(default=None, metadata=meta(among(ImageAlign)))
    rounded: bool | None = field(default=None, metadata=meta(flag))
    bottom_margin: BottomMargin | None = field(default=None, metadata=_BOTTOM_MARGIN)
    action: UrlAction | None = field(default=None, metadata=meta(One(UrlAction)))


@part
class Divider(Component):
    """A line across."""

    type: ClassVar[str] = "divider"
    id: str | None = field(default=None, metadata=_ID)
    bottom_margin: BottomMargin | None = field(default=None, metadata=_BOTTOM_MARGIN)


@part
class Spacer(Component):
    """Empty room; without a size it is `s`."""

    type: ClassVar[str] = "spacer"
    id: str | None = field(default=None, metadata=_ID)
    size: SpacerSize | None = field(default=None, metadata=meta(among(SpacerSize)))


@part
class DataTable(Component):
    """Rows of a name and a value. It has no id.

    Without rows leave it out: Intercom does not say what an empty one does.
    """

    type: ClassVar[str] = "data-table"
    items: Sequence[FieldValue] = field(metadata=meta(Many(FieldValue)))
