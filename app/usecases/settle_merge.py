"""Find out how a merge ended whose answer never came, by looking and never by sending again."""

from __future__ import annotations

import logging

from app.domain.answers import MergeFailed, MergeInDoubt, MergeOutcome, MergeUnderWay
from app.domain.merge_record import MergeRecord, MergeState
from app.intercom.errors import ContactMerged, Forbidden, IntercomError, NotServed
from app.storage import merges
from app.storage.database import transaction
from app.storage.links_lock import hold_links
from app.usecases.desk import Desk
from app.usecases.finish_merge import finish_merge, told
from app.usecases.following import follow

_SEEN_TOO_SOON = ("not_merged", "not_served")
"""What a look found that may have been ahead of Intercom's own reads: worth another one when somebody asks."""

_log = logging.getLogger("kinbox.merge")


def check_merge(desk: Desk, contact_id: str) -> MergeOutcome | None:
    """Look again at the merge of this contact that has not ended, else at its newest one; None when it has none."""
    workspace_id = desk.workspace.id
    with transaction() as connection:
        record = merges.live_of_contact(connection, workspace_id, contact_id) or merges.latest_of_contact(
            connection, workspace_id, contact_id
        )
    if record is None:
        return None
    if record.state is MergeState.DONE:
        return told(desk, record, already=True)
    if record.is_abandoned(desk.now()):
        return _failed(desk, record, "abandoned")
    if record.state is MergeState.FAILED and record.failure not in _SEEN_TOO_SOON:
        return MergeFailed(code=record.failure or "abandoned", retryable=True)
    if record.state is not MergeState.FAILED and not record.may_be_settled(desk.now()):
        return MergeUnderWay(by=record.teammate.name, same_pair=True)
    return settle_merge(desk, record)


def settle_merge(desk: Desk, record: MergeRecord, *, answered: bool = False) -> MergeOutcome:
    """Look at the lead. Gone into the user: done. Still served: not merged, once Intercom cannot be at it any more.

    `answered` says that Intercom did answer the call, so that it is not still working on it.
    """
    try:
        desk.intercom.contact(record.lead_id)
    except ContactMerged as merged:
        return _went_into(desk, record, merged.survivor_id)
    except NotServed:
        return _not_served(desk, record)
    except IntercomError:
        return _in_doubt(record)
    if not answered and record.may_still_happen(desk.now()):
        return _in_doubt(record)
    return _failed(desk, record, "not_merged")


def _went_into(desk: Desk, record: MergeRecord, survivor_id: str | None) -> MergeOutcome:
    if survivor_id == record.user_id:
        return finish_merge(desk, record.id)
    if survivor_id is None:
        return _not_served(desk, record)
    now = desk.now()
    with transaction(write=True) as connection:
        hold_links(connection, record.workspace_id)  # before the merge's row: who erases takes them in this order
        merges.mark_failed(connection, record.id, failure="merged_elsewhere", request_id=None, at=now)
        follow(connection, record.workspace_id, record.lead_id, survivor_id, at=now)
    return desk.gone(record.lead_id, "merged", survivor_id)


def _not_served(desk: Desk, record: MergeRecord) -> MergeOutcome:
    """A lead that Intercom no longer serves: the user's merge history tells whether it came here."""
    try:
        history = desk.intercom.merge_history(record.user_id)
    except (NotServed, ContactMerged, Forbidden):
        history = ()  # the user is gone too, or may not be asked about: no later look will tell more
    except IntercomError:
        return _in_doubt(record)
    if any(entry.source_id == record.lead_id for entry in history):
        return finish_merge(desk, record.id)
    if record.may_still_happen(desk.now()):
        return _in_doubt(record)
    _failed(desk, record, "not_served")
    return desk.gone(record.lead_id, "not_served")


def _failed(desk: Desk, record: MergeRecord, code: str) -> MergeOutcome:
    """Unless somebody else has seen meanwhile that it did happen."""
    with transaction(write=True) as connection:
        failed = merges.mark_failed(connection, record.id, failure=code, request_id=None, at=desk.now())
        known = record if failed else merges.get(connection, record.id)
    if known.state is MergeState.DONE:
        return told(desk, known, already=True)
    _log.info("merge did not happen", extra={"merge_id": record.id, "code": code})
    return MergeFailed(code=code, retryable=True)


def _in_doubt(record: MergeRecord) -> MergeInDoubt:
    return MergeInDoubt(by=record.teammate.name, since=record.sent_at or record.asked_at)
