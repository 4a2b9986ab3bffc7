"""The one picture that every customer has at hand: an armchair with a torn seam, drawn here, 128 by 96 pixels."""

from __future__ import annotations

import struct
import zlib
from functools import cache

from app.sandbox.providers.base import Picture

_COLOURS = {".": (244, 238, 226), "c": (18, 105, 92), "d": (13, 82, 72), "w": (122, 82, 0), "t": (168, 50, 42)}
_DRAWING = (
    "................",
    "....cccccccc....",
    "....cccccccc....",
    "....cccctccc....",
    "..dddccctcccddd.",
    "..dddcccctccddd.",
    "..ddddddddddddd.",
    "..ddccccccccddd.",
    "..ddddddddddddd.",
    "...w.........w..",
    "...w.........w..",
    "................",
)
_SCALE = 8


@cache
def armchair() -> Picture:
    """The picture as PNG."""
    rows = b"".join((b"\0" + _row(line)) * _SCALE for line in _DRAWING)
    size = struct.pack(">IIBBBBB", len(_DRAWING[0]) * _SCALE, len(_DRAWING) * _SCALE, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", size) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    return Picture(b"\x89PNG\r\n\x1a\n" + chunks)


def _row(line: str) -> bytes:
    return b"".join(bytes(_COLOURS[letter]) * _SCALE for letter in line)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
