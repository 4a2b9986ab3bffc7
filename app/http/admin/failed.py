"""Failed events: what could not be brought in, why, and a second chance for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from app.domain.counting import count
from app.http.admin.access import current
from app.http.admin.failed_words import reason
from app.http.admin.paging import LARGEST_EVENT_ID, cut, older_than
from app.services import Services
from app.storage import inbox
from app.storage.database import transaction
from app.storage.inbox import StoredEvent
from app.usecases.failed_events import read_payload, replay_all_failed, replay_failed

LISTED = 50


def add_failed(pages: Blueprint, objects: Services) -> None:
    """The list, one event, what was stored of it, and the way to try it again."""

    @pages.get("/failed")
    def failed() -> ResponseReturnValue:
        workspace_id, before = current().workspace_id, older_than(LARGEST_EVENT_ID)
        with transaction() as connection:
            events = inbox.dead(connection, workspace_id=workspace_id, before=before, limit=LISTED + 1)
            number = inbox.depth(connection, workspace_id=workspace_id).dead
            names = _names(objects, connection)
        page = cut(events, LISTED, lambda event: event.id, first=before is None)
        return render_template("admin/failed.html", page=page, number=number, names=names, reason=reason)

    @pages.post("/failed/replay")
    def replay_all() -> ResponseReturnValue:
        signed_in = current()
        number = replay_all_failed(signed_in.workspace_id, by=signed_in.teammate, at=datetime.now(UTC))
        flash(_told_again(number) if number else "Nothing had failed any more. Nothing was changed.", "good")
        return redirect(url_for("admin.failed"), 303)

    @pages.get("/failed/<int:event_id>")
    def failed_event(event_id: int) -> ResponseReturnValue:
        return _page(objects, _event(event_id))

    @pages.post("/failed/<int:event_id>/replay")
    def replay(event_id: int) -> ResponseReturnValue:
        _event(event_id)
        signed_in = current()
        number = replay_failed(signed_in.workspace_id, [event_id], by=signed_in.teammate, at=datetime.now(UTC))
        flash(_told_again(number) if number else "It was being tried again already.", "good")
        return redirect(url_for("admin.failed"), 303)

    @pages.post("/failed/<int:event_id>/payload")
    def payload(event_id: int) -> ResponseReturnValue:
        signed_in = current()
        event = read_payload(signed_in.workspace_id, event_id, by=signed_in.teammate, at=datetime.now(UTC))
        if event is None:
            abort(404)
        return _page(objects, event, stored=json.dumps(event.payload, indent=2, ensure_ascii=False))


def _event(event_id: int) -> StoredEvent:
    """The failed event with this id in this workspace; 404 for every other one."""
    with transaction() as connection:
        event = inbox.get(connection, event_id, workspace_id=current().workspace_id)
    if event is None or event.state != "dead":
        abort(404)
    return event


def _page(objects: Services, event: StoredEvent, *, stored: str | None = None) -> str:
    with transaction() as connection:
        names = _names(objects, connection)
    return render_template("admin/failed_event.html", event=event, names=names, reason=reason(event), stored=stored)


def _names(objects: Services, connection: Connection) -> Mapping[int, str]:
    accounts = objects.channels.list(connection, workspace_id=current().workspace_id)
    return {account.id: account.name for account in accounts}


def _told_again(number: int) -> str:
    return f"{count(number, 'event')} will be tried again, within a minute as a rule."
