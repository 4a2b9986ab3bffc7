"""A merge that was made in Intercom: everything of the lead goes to the survivor."""

from __future__ import annotations

from app.domain.clocks import CLOCKS_DIFFER_BY
from app.domain.work import Done, Outcome
from app.intercom.answers import MergeEntry
from app.intercom.errors import NotServed
from app.intercom.notifications import ContactFact
from app.storage import concerns, redirects
from app.storage.database import transaction
from app.usecases.notifications.case import Case
from app.usecases.notifications.looking import look_again
from app.usecases.notifications.standing import follow_into, settle

_NOT_SHOWN = "merge_not_shown"
"""When it never is, the next message that meets the merge follows it."""


def merged(case: Case, fact: ContactFact) -> Outcome:
    """Follow the contact that is gone, or look for it in the survivor's merge history when it is not named."""
    if fact.merged_from is None:
        return _by_history(case, fact.contact_id)
    if not _followed(case, fact.merged_from, fact.contact_id):
        return look_again(case, _NOT_SHOWN)
    return Done()


def _followed(case: Case, lead_id: str, survivor_id: str) -> bool:
    """False while Intercom serves the lead all the same."""
    seen = settle(case, lead_id)
    if seen.end_id != lead_id:
        return True
    if seen.contact is not None:
        return False
    # It is gone without a trace. Nobody but Intercom said where it went, and a merge is never undone.
    follow_into(case, [lead_id], settle(case, survivor_id).end_id)
    return True


def _by_history(case: Case, survivor_id: str) -> Outcome:
    survivor = settle(case, survivor_id)
    if survivor.contact is None:
        return Done()
    history = _history(case, survivor.end_id)
    for lead_id in _ours(case, history, survivor.end_id):
        _followed(case, lead_id, survivor.end_id)
    newest = max((entry.merged_at for entry in history if entry.merged_at), default=None)
    if newest is not None and newest >= case.at - CLOCKS_DIFFER_BY:
        return Done()
    return look_again(case, _NOT_SHOWN)


def _history(case: Case, survivor_id: str) -> tuple[MergeEntry, ...]:
    case.hold.check()
    try:
        return case.intercom.merge_history(survivor_id)
    except NotServed:
        return ()  # a lead has none


def _ours(case: Case, history: tuple[MergeEntry, ...], survivor_id: str) -> list[str]:
    """Those who are known here and were not followed yet."""
    with transaction() as connection:
        workspace_id = case.workspace.id
        return [
            one.source_id
            for one in history
            if redirects.survivor(connection, workspace_id, one.source_id) != survivor_id
            and any(vars(concerns.of_contacts(connection, workspace_id, [one.source_id])).values())
        ]
