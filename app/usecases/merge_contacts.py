"""Merge a lead into a user: claim, read both again, judge, send once, record.

The row in `merge` is the truth. It is claimed before anything is read (a partial unique index allows one live row per
lead), turned to `sent` with both snapshots right before the call, and to an outcome right after it. Whoever finds it
`sent` without an outcome looks at Intercom (settle_merge) and never sends again on their own.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace

from app.domain.answers import (
    ConsentOwed,
    Gone,
    IntercomTrouble,
    MergeFailed,
    MergeOutcome,
    MergeUnderWay,
)
from app.domain.contact import Contact
from app.domain.merge_record import MergeOrder, MergeRecord, MergeState
from app.domain.merging import Consent, MergeAllowed, RefusalCode, Refused, judge, missing_consents
from app.domain.redaction import redacted
from app.intercom.errors import (
    ContactMerged,
    ExternalLead,
    FacebookContact,
    IntercomError,
    InvalidMerge,
    NotServed,
    RateLimited,
)
from app.storage import merges
from app.storage.database import transaction
from app.usecases.desk import Desk, trouble_code
from app.usecases.finish_merge import finish_merge, told
from app.usecases.settle_merge import settle_merge

MIN_MERGE_S = 1.0
"""With less time than this left the merge is not sent: an answer that comes too late helps nobody."""

_WAIT_FOR_OTHER_S = 1.5
_LOOK_EVERY_S = 0.05

_log = logging.getLogger("kinbox.merge")


def merge_contacts(desk: Desk, order: MergeOrder) -> MergeOutcome:
    """Carry out what the teammate confirmed, at most once, and say how it ended."""
    if not desk.workspace.settings.allows_merge_by(desk.teammate.id):
        return Refused(RefusalCode.TEAMMATE_NOT_ALLOWED)
    if order.lead_id == order.user_id:
        return Refused(RefusalCode.SAME_CONTACT)
    with transaction() as connection:
        done = merges.done_of_lead(connection, order.workspace_id, order.lead_id)
    if done is not None and done.user_id == order.user_id:
        return told(desk, done, already=True)
    claimed = _claim(desk, order)
    if claimed is None:
        return _told_of_other(desk, order)
    return _carry_out(desk, order, claimed)


def _claim(desk: Desk, order: MergeOrder) -> MergeRecord | None:
    now = desk.now()
    with transaction(write=True) as connection:
        merges.drop_abandoned(connection, order.workspace_id, order.lead_id, now)
        return merges.claim(connection, order, now)


def _told_of_other(desk: Desk, order: MergeOrder) -> MergeOutcome:
    """Somebody else holds the merge of this lead: wait a moment for their outcome, and tell that."""
    until = time.monotonic() + min(_WAIT_FOR_OTHER_S, max(0.0, desk.deadline.remaining_s() - 0.5))
    while True:
        with transaction() as connection:
            latest = merges.latest_of_lead(connection, order.workspace_id, order.lead_id)
        if latest is None:
            return MergeFailed(code="changed", retryable=True)
        if latest.state is MergeState.DONE:
            return told(desk, latest, already=True)
        if latest.state is MergeState.FAILED:
            return MergeFailed(code=latest.failure or "failing", retryable=True)
        if latest.may_be_settled(desk.now()):
            return settle_merge(desk, latest)
        if time.monotonic() >= until:
            return MergeUnderWay(by=latest.teammate.name, same_pair=latest.user_id == order.user_id)
        time.sleep(_LOOK_EVERY_S)


def _carry_out(desk: Desk, order: MergeOrder, claimed: MergeRecord) -> MergeOutcome:
    checked = _check(desk, order)
    if isinstance(checked, ConsentOwed):
        with transaction(write=True) as connection:
            merges.release(connection, claimed.id)
        return checked
    if not isinstance(checked, MergeAllowed):
        _give_up(desk, claimed, _code(checked))
        return checked
    if desk.deadline.remaining_s() < MIN_MERGE_S:
        _give_up(desk, claimed, "slow")
        return IntercomTrouble(code="slow")
    left_out = desk.workspace.settings.redact_fields
    lead, user = (redacted(one.snapshot, left_out) for one in (checked.lead, checked.user))
    with transaction(write=True) as connection:
        ours = merges.mark_sent(connection, claimed.id, lead_before=lead, user_before=user, at=desk.now())
    if not ours:  # this process slept through its claim and somebody else took over, or one of them was erased
        return _told_of_other(desk, order)
    return _send(desk, order, claimed.id, checked)


def _check(
    desk: Desk, order: MergeOrder
) -> MergeAllowed | ConsentOwed | Refused | Gone | IntercomTrouble | MergeFailed:
    """Read both contacts again and hold them against the rules and against what was consented to."""
    lead = desk.read(order.lead_id)
    if not isinstance(lead, Contact):
        return lead
    user = desk.read(order.user_id)
    if not isinstance(user, Contact):
        return user
    decision = judge(lead, user, country=desk.workspace.settings.country)
    if isinstance(decision, Refused):
        return decision
    if not isinstance(decision, MergeAllowed) or decision.lead.id != order.lead_id:
        return MergeFailed(code="roles_changed", retryable=False)
    owed = missing_consents(decision, order.consents, order.reason)
    return ConsentOwed(decision, owed, order.reason) if owed else decision


def _send(desk: Desk, order: MergeOrder, merge_id: str, allowed: MergeAllowed) -> MergeOutcome:
    try:
        desk.intercom.merge(
            allowed.lead.id,
            allowed.user.id,
            skip_duplicate_validation=Consent.NOTHING_SHARED in order.consents,
        )
    except InvalidMerge as error:
        _finish_failed(desk, merge_id, f"invalid_merge_{error.reason}", error.request_id)
        if error.reason == "no_shared_identifier":
            return _owed_after_all(allowed, order)
        return MergeFailed(code=f"invalid_merge_{error.reason}", retryable=False)
    except IntercomError as error:
        return _not_confirmed(desk, merge_id, error)
    return finish_merge(desk, merge_id, before=(allowed.lead, allowed.user))


def _owed_after_all(allowed: MergeAllowed, order: MergeOrder) -> ConsentOwed:
    """Intercom compares more strictly than we do, and sees nothing shared: that needs its own yes."""
    consents = allowed.consents | {Consent.NOTHING_SHARED}
    stricter = replace(allowed, shared=(), consents=consents)
    return ConsentOwed(stricter, frozenset({Consent.NOTHING_SHARED}), order.reason)


def _not_confirmed(desk: Desk, merge_id: str, error: IntercomError) -> MergeOutcome:
    """Intercom did not confirm: certain that nothing happened, or in doubt and looked at once."""
    code = _failure_code(error)
    _log.warning("merge not confirmed", extra={"merge_id": merge_id, "code": code, "status": error.status})
    vanished = isinstance(error, NotServed | ContactMerged)
    if not (error.maybe_done or vanished):
        _finish_failed(desk, merge_id, code, error.request_id)
        wait_until = error.reset_at if isinstance(error, RateLimited) else None
        return MergeFailed(code=code, retryable=error.retryable, wait_until=wait_until)
    with transaction(write=True) as connection:
        merges.mark_in_doubt(connection, merge_id, failure=code, request_id=error.request_id)
        record = merges.get(connection, merge_id)
    # A 404, 410 or plain 500 is an answer: Intercom has stopped working on the call, so one look decides.
    return settle_merge(desk, record, answered=vanished or error.status in {500, 503})


def _failure_code(error: IntercomError) -> str:
    if isinstance(error, ExternalLead):
        return "external_lead"
    return "facebook_contact" if isinstance(error, FacebookContact) else trouble_code(error)


def _give_up(desk: Desk, claimed: MergeRecord, code: str) -> None:
    _finish_failed(desk, claimed.id, code, None)


def _finish_failed(desk: Desk, merge_id: str, code: str, request_id: str | None) -> None:
    with transaction(write=True) as connection:
        merges.mark_failed(connection, merge_id, failure=code, request_id=request_id, at=desk.now())


def _code(answer: Refused | Gone | IntercomTrouble | MergeFailed) -> str:
    if isinstance(answer, Gone):
        return f"gone_{answer.reason}"
    return str(answer.code.value) if isinstance(answer, Refused) else answer.code
