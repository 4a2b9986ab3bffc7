"""A canvas request as Intercom puts it on the wire: its fields, its escapes, its signature.

Source: Canvas Kit guide, initialize and submit requests of Inbox apps.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any, Literal

ContactName = Literal["contact", "customer", "both"]
"""Under which name the person is sent. Intercom's own pages disagree, and live apps see both."""

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def request_fields(
    *,
    workspace_id: str,
    region: str,
    admin: Mapping[str, Any],
    conversation: Mapping[str, Any],
    contact: Mapping[str, Any],
    contact_name: ContactName = "contact",
) -> dict[str, Any]:
    """The fields that initialize and submit have in common, in Intercom's order."""
    fields: dict[str, Any] = {
        "workspace_id": workspace_id,
        "workspace_region": region.upper(),
        "admin": dict(admin),
        "conversation": dict(conversation),
    }
    names = ("contact", "customer") if contact_name == "both" else (contact_name,)
    return fields | {name: dict(contact) for name in names}


def click_fields(
    component_id: str, input_values: Mapping[str, Any], current_canvas: Mapping[str, Any]
) -> dict[str, Any]:
    """What a submit adds. The absence of these fields is what tells an initialize from a submit."""
    return {
        "component_id": component_id,
        "input_values": dict(input_values),
        "current_canvas": dict(current_canvas),
    }


def to_bytes(fields: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON with HTML characters as lower-case `\\u` escapes, so that a re-dumped body fails its signature."""
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPES).encode()


def sign(body: bytes, client_secret: str) -> str:
    """The `X-Body-Signature` of a body: HMAC-SHA256 in lower-case hex."""
    return hmac.digest(client_secret.encode(), body, "sha256").hex()
