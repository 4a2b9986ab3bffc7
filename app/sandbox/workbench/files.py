"""Pictures of conversations, for the page itself to show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Response

from app.sandbox.problems import ApiError
from app.sandbox.workbench.refusals import Refused
from app.sandbox.workspace import Workspace

SHOWN_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Pictures that can hold no script."""
_OUR_FILE = re.compile(r"/_sandbox/files/([0-9]+)/")


def attachment(served: Mapping[str, Any]) -> dict[str, Any]:
    """An attachment as the page shows it: its name, and the id of its picture if it is one of ours."""
    found = _OUR_FILE.match(urlsplit(str(served.get("url") or "")).path)
    is_picture = found is not None and served.get("content_type") in SHOWN_TYPES
    return {"name": str(served.get("name") or "a file"), "picture": found[1] if found and is_picture else None}


def picture(workspace: Workspace, file_id: str) -> Response:
    """Raises Refused 404, also for a file of another type."""
    try:
        meta, data = workspace.files.read(file_id, int(workspace.store.now()) + 1)
    except (ApiError, OSError):
        raise Refused(404, "There is no such picture.") from None
    if meta["content_type"] not in SHOWN_TYPES:
        raise Refused(404, "This file is no picture.")
    return Response(data, content_type=meta["content_type"])
