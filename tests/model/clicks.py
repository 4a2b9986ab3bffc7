"""A teammate merges a lead into a user in the sidebar."""

from __future__ import annotations

from tests.conftest import CLIENT_SECRET
from tests.http.conftest import posting_to
from tests.model.world import World
from tests.sidebar_driver import ADMIN, Sidebar

_CONSENT = {"consents": ["irreversible", "nothing_shared"], "reason": "She told me her order number."}


def merge(world: World, lead_id: str, user_id: str) -> bool:
    """Whether Kinbox said that it is done. Wherever the way ends before, Intercom had no answer or said no."""
    contact = world.workspace.contact(lead_id)
    sidebar = Sidebar(posting_to(world.client), CLIENT_SECRET, world.workspace.app_id, contact, ADMIN)
    if "Merge with existing" not in sidebar.open().text:
        return False
    shown = sidebar.press("Merge with existing")
    for click, inputs in (("reference", {"reference": user_id}), ("merge.continue", {}), ("merge.confirm", _CONSENT)):
        if click not in shown.ids:
            return False
        shown = sidebar.click(click, **inputs)
    return shown.title == "✓ Merged"
