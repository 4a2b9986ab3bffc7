"""The walk over a workspace's links: who walks it, how far it came, what it could not repair. One row a workspace.

Whoever walks has a claim that ends by itself. Its end, to the microsecond, is also the proof of having it: each
renewal moves it, so a process that slept through its claim matches no row any more and can change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from app.domain.reconciling import Tally
from app.storage.inbox_leases import clock
from app.storage.models import ReconcileRun
from app.storage.upserts import changed_rows, insert_or_ignore

_TABLE = ReconcileRun.__table__.c


@dataclass(frozen=True, kw_only=True)
class Run:
    """The latest walk. Every contact up to `after`, in order, has been looked at."""

    workspace_id: str
    started_at: datetime
    finished_at: datetime | None
    after: str
    tally: Tally
    claimed_until: datetime | None


def get(connection: Connection, workspace_id: str) -> Run | None:
    """The latest walk of this workspace; None before the first."""
    row = connection.execute(select(*_TABLE).where(_TABLE.workspace_id == workspace_id)).first()
    return None if row is None else _run(row)


def longest_ago_first(connection: Connection, workspace_ids: Sequence[str]) -> list[str]:
    """These workspaces by when their latest walk began, before all others those that were never walked."""
    rows = connection.execute(select(_TABLE.workspace_id, _TABLE.started_at))
    began = {row.workspace_id: row.started_at for row in rows}
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(workspace_ids, key=lambda one: began.get(one, never))


def claim(connection: Connection, workspace_id: str, *, lease: timedelta) -> Run | None:
    """Take the walk of this workspace for so long; None while somebody else has it.

    It is the one that did not come to its end, or a new one: `begin_anew` makes a new one of one that did.
    """
    now = clock(connection)
    first = {
        "workspace_id": workspace_id,
        "started_at": now,
        "finished_at": None,
        **_progress("", Tally()),
        "claimed_until": now + lease,
    }
    if not insert_or_ignore(connection, ReconcileRun, first):
        free = or_(_TABLE.claimed_until.is_(None), _TABLE.claimed_until <= now)
        same = (_TABLE.workspace_id == workspace_id, free)
        taken = connection.execute(update(ReconcileRun).where(*same).values(claimed_until=now + lease))
        if changed_rows(taken) == 0:
            return None
    return get(connection, workspace_id)


def begin_anew(connection: Connection, run: Run) -> Run | None:
    """A new walk from the first contact on, by whoever has the claim; None when it is lost."""
    new = replace(run, started_at=clock(connection), finished_at=None, after="", tally=Tally())
    values = {"started_at": new.started_at, "finished_at": None, **_progress("", Tally())}
    return new if _change(connection, run, values) else None


def save(connection: Connection, run: Run, *, after: str, tally: Tally, lease: timedelta) -> Run | None:
    """Keep how far the walk came, and the claim for another `lease`; None, with nothing changed, when it is lost."""
    saved = replace(run, after=after, tally=tally, claimed_until=clock(connection) + lease)
    values = {**_progress(after, tally), "claimed_until": saved.claimed_until}
    return saved if _change(connection, run, values) else None


def finish(connection: Connection, run: Run) -> Run | None:
    """The walk has come to its end; None when the claim is lost."""
    ended = replace(run, finished_at=clock(connection), claimed_until=None)
    values = {"finished_at": ended.finished_at, "claimed_until": None}
    return ended if _change(connection, run, values) else None


def release(connection: Connection, run: Run) -> None:
    """Let somebody else go on. Nothing happens when the claim is lost already."""
    _change(connection, run, {"claimed_until": None})


def _change(connection: Connection, run: Run, values: dict[str, Any]) -> bool:
    mine = (_TABLE.workspace_id == run.workspace_id, _TABLE.claimed_until == run.claimed_until)
    return changed_rows(connection.execute(update(ReconcileRun).where(*mine).values(**values))) == 1


def _progress(after: str, tally: Tally) -> dict[str, Any]:
    return {
        "after_contact_id": after,
        "checked": tally.checked,
        "repaired": tally.repaired,
        "unresolved": tally.unresolved_json(),
    }


def _run(row: Row[*tuple[Any, ...]]) -> Run:
    return Run(
        workspace_id=row.workspace_id,
        started_at=row.started_at,
        finished_at=row.finished_at,
        after=row.after_contact_id,
        tally=Tally(checked=row.checked, repaired=row.repaired).with_unresolved(row.unresolved),
        claimed_until=row.claimed_until,
    )
