"""JSON as Intercom sends it: with the whole conversation in it, which may be hundreds of kilobytes."""

from __future__ import annotations

import json
from typing import Any

import orjson


def read_json(body: bytes) -> Any:
    """What `body` holds. Raises ValueError, or RecursionError for what is nested too deeply.

    A whole number beyond 64 bits comes as a float. The quick reader refuses some of what is let in, such as half a
    character in a text that was cut: the standard library's reads that.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)
