"""What a health check asks the database: is work left lying, does a channel only fail, what was Intercom told last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, or_, select, update

from app.storage.inbox_records import COLUMNS
from app.storage.models import ChannelAccount, Identity, InboundEvent, Workspace
from app.storage.models.inbox import DEAD, ENDED, OF_INTERCOM, WAITING

_ACCOUNT = ChannelAccount.__table__.c


def due_since(connection: Connection, workspace_id: str, now: datetime, *, before: datetime) -> datetime | None:
    """Since when the oldest work of a workspace is due that no worker has taken; nothing later than `before`.

    The head of each lane counts alone: what is behind one that waits for its time is not due.
    """
    other = InboundEvent.__table__.alias("other")
    ahead = select(other.c.id).where(
        other.c.state == "waiting",
        other.c.lane == COLUMNS.lane,
        or_(other.c.id < COLUMNS.id, other.c.leased_until > now),
    )
    oldest = select(func.min(COLUMNS.next_try_at, type_=COLUMNS.next_try_at.type)).where(
        WAITING, COLUMNS.workspace_id == workspace_id, COLUMNS.next_try_at <= before, ~ahead.exists()
    )
    found: datetime | None = connection.execute(oldest).scalar()
    return found


def only_failing(connection: Connection, workspace_id: str, since: datetime, *, at_least: int) -> tuple[str, ...]:
    """The names of channels of which as many messages ended dead since then, and none came through, by name."""
    dead = (
        select(COLUMNS.account_id)
        .where(DEAD, COLUMNS.workspace_id == workspace_id, COLUMNS.finished_at >= since)
        .group_by(COLUMNS.account_id)
        .having(func.count() >= at_least)
    )
    failing = tuple(one for one in connection.execute(dead).scalars() if one is not None)
    if not failing:
        return ()
    came = select(COLUMNS.account_id).where(
        ENDED, COLUMNS.state == "done", COLUMNS.finished_at >= since, COLUMNS.account_id.in_(failing)
    )
    well = set(connection.execute(came.distinct()).scalars())
    names = select(_ACCOUNT.name).where(_ACCOUNT.id.in_(set(failing) - well), _ACCOUNT.paused_at.is_(None))
    return tuple(connection.execute(names.order_by(_ACCOUNT.name)).scalars())


def last_notification_at(connection: Connection, workspace_id: str) -> datetime | None:
    """When the newest of Intercom's notifications came that concerns anybody here, as far as they are kept."""
    newest = select(func.max(COLUMNS.received_at, type_=COLUMNS.received_at.type))
    found: datetime | None = connection.execute(
        newest.where(OF_INTERCOM, COLUMNS.workspace_id == workspace_id)
    ).scalar()
    return found


def links_anybody(connection: Connection, workspace_id: str) -> bool:
    linked = select(Identity.id).where(Identity.workspace_id == workspace_id, Identity.contact_id.is_not(None))
    return connection.execute(linked.limit(1)).first() is not None


def told(connection: Connection, workspace_id: str) -> str | None:
    """The state that Intercom heard from us last; None when it heard nothing yet."""
    return connection.execute(select(Workspace.health).where(Workspace.id == workspace_id)).scalar()


def note_told(connection: Connection, workspace_id: str, state: str) -> None:
    connection.execute(update(Workspace).where(Workspace.id == workspace_id).values(health=state))
