"""The state of a screen on its way through `stored_data`: signed, and bound to who saw it where.

It says what was offered, so that a click can act on nothing else. It is no authority: both contacts are read again from
Intercom before anything is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from app.http.schemas import CanvasCall

_VERSION = "1"


class StateSealer:
    """Seals with the first key and opens with any, so that keys can be rotated."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        # itsdangerous signs with the last key of the list.
        self._serializer = URLSafeSerializer(list(reversed(keys)), salt="kinbox.canvas.state")

    def seal(self, call: CanvasCall, state: Mapping[str, Any]) -> dict[str, str]:
        """`state` as flat text for `stored_data`, for this teammate on this contact only."""
        sealed = self._serializer.dumps({"for": _audience(call), "state": dict(state)})
        return {"v": _VERSION, "state": sealed if isinstance(sealed, str) else sealed.decode()}

    def open(self, call: CanvasCall) -> Mapping[str, Any]:
        """The state of the canvas that was clicked; empty when it is missing, forged or somebody else's."""
        sealed = call.stored_data.get("state")
        if call.stored_data.get("v") != _VERSION or not isinstance(sealed, str):
            return {}
        try:
            opened = self._serializer.loads(sealed)
        except (BadData, ValueError, UnicodeError):
            return {}
        if not isinstance(opened, dict) or opened.get("for") != _audience(call):
            return {}
        state = opened.get("state")
        return state if isinstance(state, dict) else {}


def _audience(call: CanvasCall) -> list[str]:
    return [call.workspace_id, call.contact.id, call.teammate.id]
