"""What one click asks of the database and of Intercom, counted where it happens."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import event

from app.storage.database import db
from tests.bench.scene import CLIENT_SECRET, Scene
from tests.http.conftest import posting_to
from tests.sidebar_driver import ADMIN, Shown, Sidebar, checked, sign

_PHONE = "+35315550188"


@dataclass(frozen=True)
class InitializeCost:
    """One initialize, the second of its process. `canvas` is what it answered."""

    queries: int
    intercom_calls: int
    canvas: bytes


def initialize_cost(scene: Scene, kinbox: Flask) -> InitializeCost:
    """Raises AssertionError when the canvas is another than the full one."""
    headers = {"X-Body-Signature": sign(scene.initialize, CLIENT_SECRET)}
    post = posting_to(kinbox.test_client())
    post("/canvas/initialize", scene.initialize, headers)
    scene.workspace.call_log.clear()
    with _counted_statements() as statements:
        status, answer = post("/canvas/initialize", scene.initialize, headers)
    assert status == 200
    assert Shown(checked(answer, first=False)).title == "Several matches", "the canvas does not tell of the identities"
    return InitializeCost(len(statements), len(scene.workspace.calls), answer)


@contextmanager
def _counted_statements() -> Iterator[list[str]]:
    """Every statement that goes to the current app's database meanwhile."""
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", count)


@dataclass(frozen=True, kw_only=True)
class MergeCase:
    """A kind of merge, and how many calls to Intercom its confirmation should make."""

    title: str
    target: int
    with_note: bool = False
    with_repair: bool = False


MERGES = (
    MergeCase(title="nothing to repair, no conversation", target=4),
    MergeCase(title="with a note", target=5, with_note=True),
    MergeCase(title="with a repair", target=5, with_repair=True),
    MergeCase(title="with a note and a repair", target=6, with_note=True, with_repair=True),
)


def merge_calls(scene: Scene, kinbox: Flask, case: MergeCase) -> list[str]:
    """What the click on the last button sent to Intercom, which here never fills the user's empty phone."""
    sandbox = scene.workspace
    sandbox.unconfirmed = sandbox.unconfirmed.changed({"merge_fills_phone": False})
    email = f"{uuid.uuid4().hex}@shop.example"
    phone = None if case.with_repair else _PHONE
    user = scene.intercom.create_contact({"role": "user", "email": email, "phone": phone}).id
    lead = scene.intercom.create_contact({"role": "lead", "email": email, "phone": _PHONE}).id
    conversation = sandbox.add_customer_message(lead, "Hello", "whatsapp") if case.with_note else None
    sidebar = Sidebar(
        posting_to(kinbox.test_client()), CLIENT_SECRET, sandbox.app_id, sandbox.contact(lead), ADMIN, conversation
    )
    sidebar.open()
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=user)
    sidebar.click("merge.continue")
    sandbox.call_log.clear()
    shown = sidebar.click("merge.confirm", consents=["irreversible"])
    assert shown.title == "✓ Merged", shown.text
    return [f"{call['method']} {call['path']}" for call in sandbox.calls]
