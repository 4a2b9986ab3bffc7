"""The limits of a whole canvas, and the sentences for whoever breaks them."""

from __future__ import annotations

import json
from typing import Literal

Place = Literal["inbox", "messenger"]

MAX_BYTES = 64 * 1024
"""Largest `content`, and largest `stored_data`, as compact UTF-8 JSON. Source: Canvas Kit reference, Canvas object."""

NO_SHEET = "opens a sheet, which exists in the Messenger only"
NO_LIVE_CANVAS = "is set, but live canvases exist in the Messenger only"
NOTHING_SHOWN = "is empty, so nothing would be shown"
NOT_JSON = "cannot be sent as JSON: use text, numbers, true, false, null, lists and objects"
TWICE = 'has the id "{}" twice, so that clicks and inputs could not be told apart'

_ENCODE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def dump(value: object) -> bytes:
    """Compact UTF-8 JSON. Raises ValueError for what is not JSON: NaN, half characters, objects, endless nesting."""
    try:
        return _ENCODE(value).encode()
    except (TypeError, RecursionError) as error:
        raise ValueError(NOT_JSON) from error


def size_problem(value: object) -> str | None:
    """What is wrong with this as `content`, `content_url` or `stored_data`, going by its bytes alone."""
    try:
        size = len(dump(value))
    except ValueError:
        return NOT_JSON
    return f"is {size} bytes of JSON, but at most {MAX_BYTES} are allowed" if size > MAX_BYTES else None
