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

_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
"""How pictures begin that can hold no script. What a file says of itself is not asked."""
_OUR_FILE = re.compile(r"/_sandbox/files/([0-9]+)/[^/]+\.(?:png|jpe?g|gif)", re.IGNORECASE)


def attachment(served: Mapping[str, Any]) -> dict[str, Any]:
    """An attachment as the page shows it: its name, and the id of its picture if it is one of ours."""
    found = _OUR_FILE.fullmatch(urlsplit(str(served.get("url") or "")).path)
    return {"name": str(served.get("name") or "a file"), "picture": found[1] if found else None}


def picture(workspace: Workspace, file_id: str) -> Response:
    """Raises Refused 404, also for a file that is no picture."""
    try:
        _meta, data = workspace.files.read(file_id, int(workspace.store.now()) + 1)
    except (ApiError, OSError):
        raise Refused(404, "There is no such picture.") from None
    content_type = next((named for begin, named in _TYPES.items() if data.startswith(begin)), None)
    if content_type is None:
        raise Refused(404, "This file is no picture.")
    return Response(data, content_type=content_type)
