"""A canvas request as Intercom puts it on the wire: its fields.

Source: Canvas Kit guide, initialize and submit requests of Inbox apps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

ContactName = Literal["contact", "customer", "both"]
"""Under which name the person is sent. Intercom's own pages disagree, and live apps see both."""


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
