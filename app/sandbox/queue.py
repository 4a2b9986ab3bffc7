"""Kinbox's inbox as the workbench shows it: how much there is to do, and what became of the latest events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.storage import inbox
from app.storage.database import transaction
from app.storage.models import ChannelAccount, InboundEvent

Json = dict[str, Any]

SHOWN = 30
_SHOWN_COLUMNS: tuple[Any, ...] = (
    InboundEvent.id,
    InboundEvent.event_id,
    InboundEvent.state,
    InboundEvent.attempts,
    InboundEvent.last_error,
    InboundEvent.next_try_at,
    InboundEvent.leased_until,
    InboundEvent.received_at,
    InboundEvent.finished_at,
    ChannelAccount.slug,
)


def queue_of(kinbox: Flask) -> Callable[[str], Json]:
    """Asks the inbox of `kinbox` for a workspace's events each time it is called. Raises DatabaseUnavailable."""

    def queue(app_id: str) -> Json:
        now = datetime.now(UTC)
        latest = select(*_SHOWN_COLUMNS).outerjoin(ChannelAccount).where(InboundEvent.workspace_id == app_id)
        latest = latest.order_by(InboundEvent.id.desc()).limit(SHOWN)
        with kinbox.app_context(), transaction() as connection:
            depth = inbox.depth(connection, now, workspace_id=app_id)
            rows = connection.execute(latest).all()
        return {
            "waiting": depth.waiting,
            "delayed": depth.delayed,
            "dead": depth.dead,
            "events": [_event(row._asdict(), now) for row in rows],
        }

    return queue


def _event(row: Mapping[str, Any], now: datetime) -> Json:
    state, finished_at = _state(row, now), row["finished_at"]
    return {
        "id": row["id"],
        "event_id": row["event_id"],
        "channel": row["slug"],
        "state": state,
        "attempts": row["attempts"],
        "reason": row["last_error"],
        "received_at": int(row["received_at"].timestamp()),
        "next_try_in_s": round((row["next_try_at"] - now).total_seconds()) if state == "delayed" else None,
        "took_s": round((finished_at - row["received_at"]).total_seconds(), 2) if finished_at else None,
    }


def _state(row: Mapping[str, Any], now: datetime) -> str:
    """What is stored, but for an event that waits: `working` in a worker's hands, `delayed` until its time."""
    if row["state"] != "waiting":
        return str(row["state"])
    if row["leased_until"] is not None and row["leased_until"] > now:
        return "working"
    return "delayed" if row["next_try_at"] > now else "waiting"
