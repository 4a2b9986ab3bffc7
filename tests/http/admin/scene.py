"""Workspaces full of data, each marked so that a page that shows something of another one is found out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from flask import Flask
from sqlalchemy import insert, select

from app.domain.workspace import Workspace
from app.services import services
from app.storage import audit, inbox
from app.storage.database import transaction
from app.storage.inbox import NewEvent
from app.storage.models import Base, Identity, Merge
from tests.admin_driver import ROSA

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Furnished:
    """What there is in a workspace. Every text in it that a page could show has `mark` in it."""

    workspace_id: str
    mark: str
    account_id: int
    event_id: int
    merge_id: str
    contact_id: str


def furnish(app: Flask, workspace: Workspace) -> Furnished:
    """Fill a workspace that is there: a channel, a linked sender, failed and waiting events, a merge, a trail."""
    mark = f"mark-of-{workspace.id}"
    with app.app_context(), transaction(write=True) as connection:
        account = services().channels.ensure(
            connection,
            workspace.id,
            slug="telegram",
            address=f"50123{mark}",
            name=f"Bot {mark}",
            secrets={"secret_token": f"secret-{mark}"},
            at=NOW,
        )
        identity = {
            "workspace_id": workspace.id,
            "account_id": account.id,
            "sender_id": f"sender-{mark}",
            "contact_id": f"contact-{mark}",
            "match": {"rule": "new_lead"},
            "first_message_at": NOW,
        }
        connection.execute(insert(Identity).values(**identity))
        events = [
            NewEvent(
                workspace_id=workspace.id,
                account_id=account.id,
                event_id=f"event-{mark}-{number}",
                lane=f"channel:{account.id}:sender-{mark}",
                payload={"raw": f"Hello from {mark}"},
                poison=f"it has no {mark}" if number else None,
            )
            for number in range(3)
        ]
        inbox.store(connection, events, NOW)
        event_id = inbox.dead_ids(connection, workspace.id)[0]
        merge_id = _merge(connection, workspace.id, mark)
        audit.record(
            connection,
            workspace.id,
            action="channel_paused",
            teammate=ROSA,
            contact_id=f"contact-{mark}",
            details={"name": f"Bot {mark}", "channel": "telegram", "account_id": account.id},
            at=NOW,
        )
    return Furnished(workspace.id, mark, account.id, event_id, merge_id, f"contact-{mark}")


def _merge(connection: Any, workspace_id: str, mark: str) -> str:
    merge_id = str(uuid5(NAMESPACE_DNS, mark))
    values = {
        "id": merge_id,
        "workspace_id": workspace_id,
        "from_id": f"lead-{mark}",
        "into_id": f"contact-{mark}",
        "state": "done",
        "conversation_id": f"conversation-{mark}",
        "admin_id": ROSA.id,
        "admin_name": ROSA.name,
        "consents": ["irreversible"],
        "reason": f"Because {mark}",
        "from_before": {"id": f"lead-{mark}", "name": f"Lead {mark}", "role": "lead"},
        "into_before": {"id": f"contact-{mark}", "name": f"User {mark}", "role": "user"},
        "asked_at": NOW,
        "sent_at": NOW + timedelta(seconds=1),
        "finished_at": NOW + timedelta(seconds=2),
        "verified_at": NOW + timedelta(seconds=3),
    }
    connection.execute(insert(Merge).values(**values))
    return merge_id


def rows_of(app: Flask, workspace_id: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is stored of a workspace, table by table, but for who is signed in."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with app.app_context(), transaction() as connection:
        for table in Base.metadata.sorted_tables:
            key = table.c.get("workspace_id") if table.name != "workspace" else table.c.id
            if key is None or table.name == "admin_session":
                continue
            rows = connection.execute(select(table).where(key == workspace_id))
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found
