"""The first page: is everything connected and moving, and what is to be done next?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from app.channels.registry import adapters
from app.domain.workspace import Workspace
from app.http.admin.access import current, current_workspace
from app.http.admin.badges import State
from app.http.admin.channel_words import state_of
from app.http.admin.clock import duration
from app.http.admin.connecting import Connection, connection_of
from app.services import Services
from app.storage import channel_health, inbox, reconcile_runs
from app.storage.channels import StoredAccount
from app.storage.database import transaction
from app.storage.inbox import QueueDepth

LATE = timedelta(minutes=2)
"""Work that is due is taken within seconds. If the oldest has waited for this long, no worker runs."""

_CONNECTIONS = {
    "connected": State("Connected", "good"),
    "revoked": State("Intercom refuses the access", "bad"),
    "missing": State("Not connected", "bad"),
    "unreadable": State("The token cannot be read", "bad"),
}


@dataclass(frozen=True)
class Todo:
    """Something to do on the way to the first message."""

    title: str
    words: str
    done: bool
    url: str = ""


def add_overview(pages: Blueprint, objects: Services) -> None:
    @pages.get("/")
    def home() -> ResponseReturnValue:
        workspace_id, now = current().workspace_id, datetime.now(UTC)
        with transaction() as connection:
            accounts = objects.channels.list(connection, workspace_id=workspace_id)
            health = channel_health.of_workspace(connection, workspace_id, [one.id for one in accounts])
            queue = inbox.depth(connection, now, workspace_id=workspace_id)
            run = reconcile_runs.get(connection, workspace_id)
        connected = connection_of(objects)
        heard = any(one.last_event_at for one in health.values())
        return render_template(
            "admin/overview.html",
            connected=connected,
            connection_state=_CONNECTIONS[connected.state],
            may_install=objects.oauth() is not None,
            accounts=accounts,
            health=health,
            adapters=adapters(),
            state=state_of,
            queue=queue,
            worker=worker_state(queue, now),
            waits_for=duration(now - queue.oldest_waiting_at) if queue.oldest_waiting_at else "",
            run=run,
            todos=first_steps(current_workspace(), connected, accounts, heard=heard),
        )


def worker_state(queue: QueueDepth, now: datetime) -> State:
    """What the oldest piece of due work says of the worker."""
    if queue.oldest_waiting_at is None:
        return State("Nothing waits", "good")
    if now - queue.oldest_waiting_at > LATE:
        return State("Behind, or not running", "bad")
    return State("Working", "good")


def first_steps(
    workspace: Workspace, connected: Connection, accounts: tuple[StoredAccount, ...], *, heard: bool
) -> tuple[Todo, ...]:
    """The way to the first message; empty once all of it is done."""
    add = url_for("admin.channels") if accounts else url_for("admin.channel_kinds")
    todos = (
        Todo(
            "Connect the workspace",
            "Kinbox may read and write contacts and conversations in Intercom.",
            connected.state == "connected",
        ),
        Todo(
            "Set the default country",
            "Phones without a country code can be compared only when it is known where they are from.",
            workspace.settings.country is not None,
            url_for("admin.settings") + "#country",
        ),
        Todo(
            "Add a channel",
            "The number, page or bot that customers write to. Kinbox tells each step to take at its provider.",
            bool(accounts),
            add,
        ),
        Todo(
            "Write a first message",
            "Write to the channel as a customer would. It appears in the Inbox, and here as its last message.",
            heard,
            add if accounts else "",
        ),
    )
    return () if all(todo.done for todo in todos) else todos
