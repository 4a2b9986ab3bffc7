"""Merges, kept for ever: who put which lead into which user, and how it ended.

Every step is a compare-and-set on the state, so that whoever comes late changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, TextClause, and_, case, delete, literal, or_, select, update

from app.domain.merge_record import CLAIM_LASTS, LIVE, MergeOrder, MergeRecord, MergeState
from app.domain.teammate import Teammate
from app.storage import contact_states
from app.storage.links_lock import hold_links
from app.storage.models import Merge
from app.storage.models.merges import LIVE_MERGE
from app.storage.types import Json, storable
from app.storage.upserts import insert_or_ignore

_LIVE_STATES = tuple(state.value for state in LIVE)
_SENT_STATES = (MergeState.SENT.value, MergeState.IN_DOUBT.value)


def claim(connection: Connection, order: MergeOrder, now: datetime) -> MergeRecord | None:
    """Take the merge of this lead, or answer None: somebody else holds it, or it is done already."""
    merge_id = str(uuid.uuid4())
    if done_of_lead(connection, order.workspace_id, order.lead_id) is not None:
        return None
    inserted = insert_or_ignore(
        connection,
        Merge,
        {
            "id": merge_id,
            "workspace_id": order.workspace_id,
            "from_id": order.lead_id,
            "into_id": order.user_id,
            "state": MergeState.ASKED.value,
            "conversation_id": order.conversation_id,
            "admin_id": order.teammate.id,
            "admin_name": storable(order.teammate.name),
            "consents": sorted(consent.value for consent in order.consents),
            "reason": storable(order.reason) or None,
            "asked_at": now,
        },
    )
    if inserted and done_of_lead(connection, order.workspace_id, order.lead_id) is not None:
        release(connection, merge_id)  # it was done between our look and our claim
        return None
    return get(connection, merge_id) if inserted else None


def release(connection: Connection, merge_id: str) -> None:
    """Let go of a claim as if it had never been made: the teammate has not agreed to everything yet."""
    connection.execute(delete(Merge).where(Merge.id == merge_id, Merge.state == MergeState.ASKED.value))


def drop_abandoned(connection: Connection, workspace_id: str, lead_id: str, now: datetime) -> None:
    """Give up a claim whose process died before it sent anything."""
    connection.execute(
        update(Merge)
        .where(
            Merge.workspace_id == workspace_id,
            Merge.from_id == lead_id,
            Merge.state == MergeState.ASKED.value,
            Merge.asked_at < now - CLAIM_LASTS,
        )
        .values(state=MergeState.FAILED.value, failure="abandoned", finished_at=now)
    )


def mark_sent(
    connection: Connection,
    merge_id: str,
    *,
    lead_before: Mapping[str, Any],
    user_before: Mapping[str, Any],
    at: datetime,
) -> bool:
    """Store both records and allow the call. False when the claim was lost meanwhile: then nothing may be sent.

    Of contacts that were erased no record is kept, nor the teammate's reason.
    """
    order = get(connection, merge_id)
    hold_links(connection, order.workspace_id)
    values: dict[str, Any] = {"from_before": dict(lead_before), "into_before": dict(user_before)}
    if contact_states.erased(connection, order.workspace_id, [order.lead_id, order.user_id]):
        values = {"from_before": None, "into_before": None, "reason": None}
    return _move(connection, merge_id, {MergeState.ASKED}, MergeState.SENT, sent_at=at, **values)


def mark_in_doubt(connection: Connection, merge_id: str, *, failure: str, request_id: str | None) -> None:
    _move(connection, merge_id, {MergeState.SENT}, MergeState.IN_DOUBT, failure=failure, request_id=request_id)


def mark_done(connection: Connection, merge_id: str, *, at: datetime) -> bool:
    """True for the one caller who made it done. Intercom's word is the truth, also over a failure that we assumed."""
    live = {MergeState.SENT, MergeState.IN_DOUBT, MergeState.FAILED}
    return _move(connection, merge_id, live, MergeState.DONE, finished_at=at, failure=None)


def mark_failed(connection: Connection, merge_id: str, *, failure: str, request_id: str | None, at: datetime) -> bool:
    values: dict[str, Any] = {"failure": failure, "finished_at": at}
    if request_id:
        values["request_id"] = request_id
    return _move(connection, merge_id, LIVE, MergeState.FAILED, **values)


def mark_verified(connection: Connection, merge_id: str, *, user_after: Mapping[str, Any], at: datetime) -> bool:
    """True for the one caller who verified it first. The user is not kept where the records before are gone."""
    kept = Merge.from_before.is_not(None)
    after = case((kept, literal(dict(user_after), Json)), else_=None)
    done = connection.execute(
        update(Merge).where(Merge.id == merge_id, Merge.verified_at.is_(None)).values(verified_at=at, into_after=after)
    )
    return _changed(done)


def get(connection: Connection, merge_id: str) -> MergeRecord:
    return _record(connection.execute(_SELECT.where(Merge.id == merge_id)).one())


def latest_of_lead(connection: Connection, workspace_id: str, lead_id: str) -> MergeRecord | None:
    return _newest(connection, workspace_id, Merge.from_id == lead_id)


def latest_of_contact(connection: Connection, workspace_id: str, contact_id: str) -> MergeRecord | None:
    """The newest merge in which this contact is the lead or the user."""
    return _newest(connection, workspace_id, or_(Merge.from_id == contact_id, Merge.into_id == contact_id))


def live_of_contact(connection: Connection, workspace_id: str, contact_id: str) -> MergeRecord | None:
    """The oldest merge of this contact that has not ended: the one that somebody has to look at."""
    query = (
        _SELECT.where(Merge.workspace_id == workspace_id, Merge.state.in_(_LIVE_STATES))
        .where(or_(Merge.from_id == contact_id, Merge.into_id == contact_id))
        .order_by(Merge.asked_at)
        .limit(1)
    )
    row = connection.execute(query).first()
    return _record(row) if row else None


def sent_of_lead(connection: Connection, workspace_id: str, lead_id: str) -> MergeRecord | None:
    """The merge of this lead that was sent, and of which nobody here knows yet how it ended."""
    return _newest(connection, workspace_id, and_(Merge.from_id == lead_id, Merge.state.in_(_SENT_STATES)))


def workspaces_in_doubt(connection: Connection, sent_before: datetime) -> frozenset[str]:
    """The workspaces that have a merge which was sent before then, and of which nobody knows yet how it ended."""
    return frozenset(connection.execute(select(Merge.workspace_id).where(*_in_doubt(sent_before))).scalars())


def in_doubt(connection: Connection, workspace_id: str, sent_before: datetime) -> tuple[MergeRecord, ...]:
    """Those merges of one workspace, the oldest first."""
    query = _SELECT.where(*_in_doubt(sent_before), Merge.workspace_id == workspace_id).order_by(Merge.sent_at)
    return tuple(_record(row) for row in connection.execute(query))


def _in_doubt(sent_before: datetime) -> tuple[ColumnElement[bool] | TextClause, ...]:
    """In the index's own words, so that the databases look at the few open merges alone."""
    return (LIVE_MERGE, Merge.state.in_(_SENT_STATES), Merge.sent_at < sent_before)


def of_workspace(
    connection: Connection, workspace_id: str, *, before: str | None = None, limit: int
) -> tuple[MergeRecord, ...]:
    """The merges of a workspace, the newest first: those that were asked for before the one with the id `before`."""
    query = _SELECT.where(Merge.workspace_id == workspace_id)
    if before is not None:
        above = select(Merge.asked_at).where(Merge.id == before, Merge.workspace_id == workspace_id).scalar_subquery()
        query = query.where(or_(Merge.asked_at < above, and_(Merge.asked_at == above, Merge.id < before)))
    newest = query.order_by(Merge.asked_at.desc(), Merge.id.desc()).limit(limit)
    return tuple(_record(row) for row in connection.execute(newest))


def one_of_workspace(connection: Connection, workspace_id: str, merge_id: str) -> MergeRecord | None:
    """The merge with this id, if it is this workspace's."""
    row = connection.execute(_SELECT.where(Merge.id == merge_id, Merge.workspace_id == workspace_id)).first()
    return _record(row) if row else None


def done_of_lead(connection: Connection, workspace_id: str, lead_id: str) -> MergeRecord | None:
    done = and_(Merge.from_id == lead_id, Merge.state == MergeState.DONE.value)
    return _newest(connection, workspace_id, done)


def _newest(connection: Connection, workspace_id: str, which: ColumnElement[bool]) -> MergeRecord | None:
    query = _SELECT.where(Merge.workspace_id == workspace_id, which).order_by(Merge.asked_at.desc()).limit(1)
    row = connection.execute(query).first()
    return _record(row) if row else None


def _move(
    connection: Connection,
    merge_id: str,
    states: set[MergeState] | frozenset[MergeState],
    state: MergeState,
    **values: Any,
) -> bool:
    moved = connection.execute(
        update(Merge)
        .where(Merge.id == merge_id, Merge.state.in_([one.value for one in states]))
        .values(state=state.value, **values)
    )
    return _changed(moved)


def _changed(result: Any) -> bool:
    return bool(result.rowcount == 1)


_SELECT = select(*Merge.__table__.columns)


def _record(row: Row[Any]) -> MergeRecord:
    return MergeRecord(
        id=row.id,
        workspace_id=row.workspace_id,
        lead_id=row.from_id,
        user_id=row.into_id,
        state=MergeState(row.state),
        teammate=Teammate(row.admin_id or "", row.admin_name or ""),
        conversation_id=row.conversation_id,
        asked_at=row.asked_at,
        sent_at=row.sent_at,
        finished_at=row.finished_at,
        verified_at=row.verified_at,
        failure=row.failure,
        lead_before=row.from_before or {},
        user_before=row.into_before or {},
        user_after=row.into_after or {},
        consents=tuple(str(one) for one in row.consents or ()),
        reason=row.reason,
        request_id=row.request_id,
    )
