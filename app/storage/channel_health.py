"""How a workspace's channel accounts do: when they were written to last, what went wrong last, what waits.

Every part is an index scan over few rows. The time of the last event is first looked for among the newest events of
the whole inbox, because there is no index on an account's newest one; only a quiet account's own rows are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, literal, select, union_all
from sqlalchemy import text as sql

from app.storage.inbox_records import COLUMNS
from app.storage.models import ChannelAccount, InboundEvent
from app.storage.paused import PAUSED

NEWEST_LOOKED_AT = 2_000
_ACCOUNT = ChannelAccount.__table__.c
# Spelt out and not as parameters: else SQLite uses no partial index.
_WAITING, _PART, _DEAD = sql("state = 'waiting'"), sql("state = 'part'"), sql("state = 'dead'")


@dataclass(frozen=True, kw_only=True)
class ChannelHealth:
    """One account. `last_error` is a short code, and `last_error_at` when that event died or, still tried, came in.

    `waiting` counts what is not brought in yet, since `oldest_waiting_at`; `dead` what needs somebody's help.
    """

    account_id: int
    last_event_at: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None
    waiting: int = 0
    oldest_waiting_at: datetime | None = None
    dead: int = 0
    paused_at: datetime | None = None


def of_workspace(connection: Connection, workspace_id: str, account_ids: Iterable[int]) -> Mapping[int, ChannelHealth]:
    """The health of these accounts, as far as they are this workspace's."""
    wanted = tuple(account_ids)
    mine = select(_ACCOUNT.id, _ACCOUNT.paused_at).where(_ACCOUNT.workspace_id == workspace_id, _ACCOUNT.id.in_(wanted))
    accounts = {row.id: row.paused_at for row in connection.execute(mine)}
    heard = _last_events(connection, tuple(accounts))
    waiting, dead = _waiting(connection, workspace_id), _dead(connection, workspace_id)
    return {
        account_id: _health(account_id, paused_at, heard.get(account_id), waiting.get(account_id), dead.get(account_id))
        for account_id, paused_at in accounts.items()
    }


def _health(
    account_id: int, paused_at: datetime | None, last_event_at: datetime | None, waiting: Any | None, dead: Any | None
) -> ChannelHealth:
    tried = (waiting.code, waiting.failing_at) if waiting is not None and waiting.code else (None, None)
    code, at = (dead.code, dead.at) if dead is not None else tried
    return ChannelHealth(
        account_id=account_id,
        last_event_at=last_event_at,
        last_error=code,
        last_error_at=at,
        waiting=waiting.number if waiting is not None else 0,
        oldest_waiting_at=waiting.oldest if waiting is not None else None,
        dead=dead.number if dead is not None else 0,
        paused_at=paused_at,
    )


def last_event_at(connection: Connection, account_id: int) -> datetime | None:
    """When this account's provider last told something that is still kept."""
    return _last_events(connection, (account_id,)).get(account_id)


def _last_events(connection: Connection, account_ids: tuple[int, ...]) -> dict[int, datetime]:
    newest = select(COLUMNS.account_id, COLUMNS.received_at).order_by(COLUMNS.id.desc()).limit(NEWEST_LOOKED_AT)
    lately = newest.subquery().c
    latest = select(lately.account_id, func.max(lately.received_at, type_=COLUMNS.received_at.type).label("at"))
    rows = connection.execute(latest.where(lately.account_id.in_(account_ids)).group_by(lately.account_id))
    found = {row.account_id: row.at for row in rows}
    for account_id in account_ids:
        if account_id not in found:
            own = select(func.max(COLUMNS.received_at, type_=COLUMNS.received_at.type))
            at = connection.execute(own.where(COLUMNS.account_id == account_id)).scalar()
            if at is not None:
                found[account_id] = at
    return found


def _waiting(connection: Connection, workspace_id: str) -> dict[int, Any]:
    """Of each account: how many wait and since when, and the code of the newest that failed at least once."""
    each = [
        select(COLUMNS.id, COLUMNS.account_id, COLUMNS.last_error, COLUMNS.received_at).where(
            state, COLUMNS.workspace_id == workspace_id
        )
        for state in (_WAITING, _PART)  # an OR would use neither index
    ]
    event = union_all(*each).subquery().c
    failing = (event.last_error.is_not(None)) & (event.last_error != PAUSED)
    newest = (
        select(
            func.max(event.id).filter(failing).label("id"),
            func.count().label("number"),
            event.account_id,
            func.min(event.received_at, type_=COLUMNS.received_at.type).label("oldest"),
        )
        .group_by(event.account_id)
        .subquery()
        .c
    )
    return _with_event(connection, newest, "code", "failing_at", COLUMNS.received_at)


def _dead(connection: Connection, workspace_id: str) -> dict[int, Any]:
    """Of each account: how many are dead, and the code and end of the newest of them."""
    newest = (
        select(func.max(COLUMNS.id).label("id"), func.count().label("number"))
        .add_columns(COLUMNS.account_id, literal(None).label("oldest"))
        .where(_DEAD, COLUMNS.workspace_id == workspace_id)
        .group_by(COLUMNS.account_id)
        .subquery()
        .c
    )
    return _with_event(connection, newest, "code", "at", COLUMNS.finished_at)


def _with_event(connection: Connection, newest: Any, code: str, at: str, time: Any) -> dict[int, Any]:
    event = InboundEvent.__table__
    query = select(
        newest.account_id, newest.number, newest.oldest, COLUMNS.last_error.label(code), time.label(at)
    ).select_from(newest.id.table.outerjoin(event, COLUMNS.id == newest.id))
    return {row.account_id: row for row in connection.execute(query) if row.account_id is not None}
