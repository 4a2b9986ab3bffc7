"""An estimate of how tall a canvas is in the Inbox sidebar.

Intercom publishes neither sizes nor fonts. The numbers below are rounded guesses for a sidebar of about 270 px inside;
only the 10 px under each component, and that `bottom_margin: none` takes them away, come from the reference. Expect an
error of a tenth or two: enough to see that a first canvas is far over 400 px, not to settle a few pixels.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

INNER_WIDTH_PX = 270
PADDING_PX = 16
"""Above the first and below the last component, together."""
MARGIN_PX = 10
"""Under every component but a spacer."""
LINE_PX = 20
HEADER_LINE_PX = 24
CHARACTER_PX = 7
HEADER_CHARACTER_PX = 8.5
BUTTON_PX = 40
FIELD_PX = 40
TEXTAREA_PX = 80
TABLE_ROW_PX = 24
CHECKBOX_ROW_PX = 28
ITEM_PADDING_PX = 16
OPTION_PADDING_PX = 32
DIVIDER_PX = 1
SPACER_PX = MappingProxyType({"xs": 4, "s": 8, "m": 16, "l": 24, "xl": 32})

BASE_HEIGHT_PX = PADDING_PX + DIVIDER_PX + MARGIN_PX
"""What every canvas takes that sets its buttons apart by a divider, before anything is in it."""

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def estimate_height_px(canvas_json: object) -> int:
    """About how tall the canvas, or the answer that holds it, is shown. Never raises; what it cannot read counts 0."""
    components = list(components_of(canvas_json))
    return PADDING_PX + sum(_component_px(component) for component in components) if components else 0


def text_height_px(text: str, *, header: bool = False) -> int:
    """About how tall a `text` component is with the margin under it, for planning a canvas before it is built."""
    return _text({"text": text, "style": "header" if header else "paragraph"}) + MARGIN_PX


def table_height_px(rows: int) -> int:
    """About how tall a data table of so many rows is with the margin under it; 0 for none."""
    return rows * TABLE_ROW_PX + MARGIN_PX if rows else 0


def buttons_height_px(number: int) -> int:
    """About how tall so many buttons are, each with the margin under it."""
    return number * (BUTTON_PX + MARGIN_PX)


def components_of(canvas_json: object) -> Iterable[Mapping[str, Any]]:
    """The components of a canvas, or of an answer that holds one, as far as they are objects."""
    canvas = _get(canvas_json, "canvas") if isinstance(_get(canvas_json, "canvas"), Mapping) else canvas_json
    return objects(_get(_get(canvas, "content"), "components"))


def objects(listed: object) -> list[Mapping[str, Any]]:
    """The entries of a list that are objects; none when it is no list."""
    return [entry for entry in listed if isinstance(entry, Mapping)] if isinstance(listed, list | tuple) else []


def _get(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else None


def _component_px(component: Mapping[str, Any]) -> int:
    kind = component.get("type")
    height = _HEIGHTS.get(kind) if isinstance(kind, str) else None
    if height is None:
        return 0
    bare = kind == "spacer" or component.get("bottom_margin") == "none"
    return height(component) + (0 if bare else MARGIN_PX)


def _lines(text: object, character_px: float = CHARACTER_PX, width_px: float = INNER_WIDTH_PX) -> int:
    """Lines that a text takes when it is wrapped by character count; 0 for none."""
    if not isinstance(text, str) or not text:
        return 0
    columns = max(1, int(width_px / character_px))
    shown = _LINK.sub(r"\1", text).replace("**", "")
    return sum(max(1, math.ceil(_columns(line) / columns)) for line in shown.splitlines() or [""])


def _columns(line: str) -> int:
    """Columns that a line takes: wide East Asian characters and emoji count two, combining and hidden ones none."""
    if line.isascii():
        return len(line)
    return sum(_column(character) for character in line)


def _column(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _text(component: Mapping[str, Any]) -> int:
    if component.get("style") == "header":
        return _lines(component.get("text"), HEADER_CHARACTER_PX) * HEADER_LINE_PX
    return _lines(component.get("text")) * LINE_PX


def _image(component: Mapping[str, Any]) -> int:
    width, height = _pixels(component.get("width")), _pixels(component.get("height"))
    if not width:
        return 0
    is_scaled = component.get("align") == "full_width" or width > INNER_WIDTH_PX
    return height * INNER_WIDTH_PX // width if is_scaled else height


def _pixels(value: object) -> int:
    return value if isinstance(value, int) and 0 < value < 100_000 else 0


def _labelled(field_px: int) -> Callable[[Mapping[str, Any]], int]:
    return lambda component: _lines(component.get("label")) * LINE_PX + field_px


def _single_select(component: Mapping[str, Any]) -> int:
    """Buttons side by side, as many as fit on a row."""
    rows, free_px = 0, 0.0
    for option in objects(component.get("options")):
        text = option.get("text")
        wanted_px = OPTION_PADDING_PX + CHARACTER_PX * (_columns(text) if isinstance(text, str) else 0)
        if wanted_px > free_px:
            rows, free_px = rows + 1, float(INNER_WIDTH_PX)
        free_px -= wanted_px
    return _labelled(rows * BUTTON_PX)(component)


def _checkbox(component: Mapping[str, Any]) -> int:
    options = objects(component.get("options") or component.get("option"))
    rows = sum(max(1, _lines(option.get("text"))) for option in options)
    return _labelled(rows * CHECKBOX_ROW_PX)(component)


def _list(component: Mapping[str, Any]) -> int:
    return sum(_item(item) for item in objects(component.get("items")))


def _item(item: Mapping[str, Any]) -> int:
    below = " • ".join(
        text for name in ("subtitle", "tertiary_text") if isinstance(text := item.get(name), str) and text
    )
    text_px = (max(1, _lines(item.get("title"))) + _lines(below)) * LINE_PX
    image_px = _pixels(item.get("image_height")) if item.get("image") else 0
    return max(text_px, image_px) + ITEM_PADDING_PX


_HEIGHTS: Mapping[str, Callable[[Mapping[str, Any]], int]] = MappingProxyType(
    {
        "text": _text,
        "image": _image,
        "divider": lambda _: DIVIDER_PX,
        "spacer": lambda component: SPACER_PX.get(str(component.get("size")), SPACER_PX["s"]),
        "data-table": lambda component: TABLE_ROW_PX * len(objects(component.get("items"))),
        "button": lambda _: BUTTON_PX,
        "input": _labelled(FIELD_PX),
        "textarea": _labelled(TEXTAREA_PX),
        "dropdown": _labelled(FIELD_PX),
        "single-select": _single_select,
        "checkbox": _checkbox,
        "list": _list,
    }
)
