"""Files to take away: always saved by the browser, never shown by it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response, stream_with_context


def download(pieces: Iterable[str], *, name: str, content_type: str) -> Response:
    """An answer that is a file. `name` is one of ours: nothing that people typed goes into a header."""
    response = Response(stream_with_context(iter(pieces)), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def download_csv(pieces: Iterable[str], *, name: str) -> Response:
    return download(pieces, name=name, content_type="text/csv; charset=utf-8; header=present")
