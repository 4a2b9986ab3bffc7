"""Contacts to merge, the clicks of a merge, and what a merge left in Intercom and in the database."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.sandbox.workspace import Workspace
from app.storage.database import transaction
from tests.sidebar_driver import Shown, Sidebar

IVY_PHONE = "+35315550123"
LEAD = {"role": "lead", "name": "Ivy", "phone": IVY_PHONE}
OTHER_LEAD = {"role": "lead", "name": "Ivy again", "phone": IVY_PHONE}
USER = {"role": "user", "name": "Ivy Stone", "email": "ivy@shop.example", "phone": "+353 1 555 0123"}
OTHER_USER = {"role": "user", "name": "I. Stone", "email": "i.stone@shop.example", "phone": IVY_PHONE}
STRANGER = {"role": "user", "name": "Bo", "email": "bo@shop.example"}
CONSENT = {"consents": ["irreversible"]}
BOTH_CONSENTS = {"consents": ["irreversible", "nothing_shared"], "reason": "She told me her order number"}


def writes(workspace: Workspace) -> list[tuple[str, str]]:
    """What changed something in Intercom; searches are reads."""
    calls = [(call["method"], call["path"]) for call in workspace.calls]
    return [(method, path) for method, path in calls if method != "GET" and not path.endswith("/search")]


def stored(kinbox: Flask, model: type[Any]) -> list[SimpleNamespace]:
    with kinbox.app_context(), transaction() as connection:
        return [SimpleNamespace(**row) for row in connection.execute(select(model.__table__)).mappings()]


def confirmed(sidebar: Sidebar, other: str, **inputs: Any) -> Shown:
    """From home to the answer of the last button, by typing the other contact's id."""
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=other)
    sidebar.click("merge.continue")
    return sidebar.click("merge.confirm", **inputs)


def merge_bodies(workspace: Workspace) -> list[Any]:
    return [call["request"] for call in workspace.calls if call["path"] == "/contacts/merge"]
