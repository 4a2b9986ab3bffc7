"""Which use case a click starts, and which screen its answer becomes.

`component_id`, `input_values` and the echoed canvas start in a teammate's browser: they are taken as wishes. What a
click may act on is what the sealed state says was offered; everything else leads home with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.domain import answers
from app.domain.merge_record import MergeOrder
from app.domain.merging import Consent, RefusalCode, Refused
from app.http import channel_clicks
from app.http.click import Click, out_of_date, show_home
from app.sidebar import channels, compare, confirm, home, ids, merge_form, move, promote, refusal, result
from app.sidebar.screen import Screen
from app.usecases.merge_contacts import merge_contacts
from app.usecases.move_identity import move_identity
from app.usecases.name_contact import find_contact, name_contact
from app.usecases.promote_lead import promote_lead
from app.usecases.restore_contact import restore_contact
from app.usecases.settle_merge import check_merge
from app.usecases.suggest_contacts import suggest_contacts

__all__ = ["Click", "answer_click"]


def answer_click(click: Click) -> Screen:
    """Do what was clicked. An id that is not ours, or was not offered, shows the home screen and does nothing."""
    component_id = click.call.component_id or ids.HOME
    exact = _EXACT.get(component_id)
    if exact is not None:
        return exact(click)
    for prefix, handler in _PREFIXED.items():
        if component_id.startswith(prefix):
            return handler(click, component_id.removeprefix(prefix))
    return show_home(click)


def _history(click: Click) -> Screen:
    return home.history_screen(click.home())


def _start_merge(click: Click) -> Screen:
    if not click.desk.workspace.settings.allows_merge_by(click.desk.teammate.id):
        return refusal.refused_screen(Refused(RefusalCode.TEAMMATE_NOT_ALLOWED))
    return merge_form.merge_form_screen(suggest_contacts(click.desk, click.call.contact))


def _find(click: Click) -> Screen:
    typed = click.call.typed(ids.MERGE_REFERENCE)
    return _shown(find_contact(click.desk, click.call.contact.id, typed), click)


def _pick(click: Click, contact_id: str) -> Screen:
    if not click.offers("offers", contact_id):
        return out_of_date(click)
    return _shown(name_contact(click.desk, click.call.contact.id, contact_id), click)


def _continue(click: Click) -> Screen:
    """From the comparison to the consents; both contacts are read again, for minutes may have passed."""
    other_id = click.offered("other")
    if other_id is None:
        return out_of_date(click)
    named = name_contact(click.desk, click.call.contact.id, other_id, count=False)
    if isinstance(named, answers.Compared):
        return confirm.confirm_screen(named.allowed)
    return _shown(named, click)


def _confirm(click: Click) -> Screen:
    lead_id, user_id = click.offered("lead"), click.offered("user")
    if lead_id is None or user_id is None:
        return out_of_date(click)
    given = click.call.ticked(ids.MERGE_CONSENTS)
    order = MergeOrder(
        workspace_id=click.desk.workspace.id,
        lead_id=lead_id,
        user_id=user_id,
        teammate=click.desk.teammate,
        conversation_id=click.call.conversation_id,
        consents=frozenset(consent for consent in Consent if consent.value in given),
        reason=click.call.typed(ids.MERGE_REASON)[:500],
    )
    outcome = merge_contacts(click.desk, order)
    if isinstance(outcome, answers.ConsentOwed):
        return confirm.confirm_screen(outcome.allowed, given=order.consents, reason=order.reason, owed=outcome.owed)
    return _shown(outcome, click)


def _check(click: Click) -> Screen:
    outcome = check_merge(click.desk, click.call.contact.id)
    return _shown(outcome, click) if outcome is not None else show_home(click)


def _promote(click: Click, *, this: bool) -> Screen:
    other_id = click.offered("other")
    if other_id is None:
        return out_of_date(click)
    this_id = click.call.contact.id
    answer = promote_lead(
        click.desk,
        this_id,
        other_id,
        promote_id=this_id if this else other_id,
        typed=click.call.typed(ids.PROMOTE_IDENTIFIER),
        agreed=Consent.PROMOTION.value in click.call.ticked(ids.MERGE_CONSENTS),
    )
    return _shown(answer, click)


def _promote_this(click: Click) -> Screen:
    return _promote(click, this=True)


def _promote_other(click: Click) -> Screen:
    return _promote(click, this=False)


def _restore(click: Click) -> Screen:
    missing = click.offered("missing")
    if missing is None:
        return out_of_date(click)
    return _shown(restore_contact(click.desk, click.call.contact.id, missing), click)


def _move(click: Click, identity: str) -> Screen:
    other_id, known = click.offered("other"), click.offered_numbers("identities")
    if other_id is None or identity not in known:
        return out_of_date(click)
    return _shown(move_identity(click.desk, known[identity], from_id=click.call.contact.id, to_id=other_id), click)


def _undo_move(click: Click) -> Screen:
    identity, from_id, to_id = click.offered_number("moved"), click.offered("from"), click.offered("to")
    if identity is None or from_id is None or to_id is None:
        return out_of_date(click)
    return _shown(move_identity(click.desk, identity, from_id=from_id, to_id=to_id, undo=True), click)


_EXACT: Mapping[str, Callable[[Click], Screen]] = {
    ids.HOME: show_home,
    ids.HISTORY: _history,
    ids.MERGE_START: _start_merge,
    ids.MERGE_REFERENCE: _find,
    ids.MERGE_CONTINUE: _continue,
    ids.MERGE_CONFIRM: _confirm,
    ids.MERGE_CHECK: _check,
    ids.PROMOTE_THIS: _promote_this,
    ids.PROMOTE_OTHER: _promote_other,
    ids.RESTORE: _restore,
    ids.MOVE_UNDO: _undo_move,
    **channel_clicks.EXACT,
}
_PREFIXED: Mapping[str, Callable[[Click, str], Screen]] = {
    ids.MERGE_PICK: _pick,
    ids.MOVE: _move,
    **channel_clicks.PREFIXED,
}


_SCREENS: Mapping[type, Callable[[Any, str], Screen]] = {
    answers.Compared: lambda answer, _: compare.compare_screen(answer),
    answers.SeveralFound: lambda answer, _: merge_form.several_screen(answer),
    answers.NobodyFound: lambda answer, _: merge_form.nobody_screen(answer),
    answers.PromotionOffered: lambda answer, _: promote.promotion_screen(answer),
    answers.PromotionRefused: lambda answer, _: promote.promotion_refused_screen(answer),
    answers.MoveOffered: lambda answer, _: move.move_offer_screen(answer),
    answers.IdentityMoved: lambda answer, _: move.moved_screen(answer),
    answers.IdentityNotMoved: lambda answer, _: channels.not_moved_screen(answer),
    answers.Gone: lambda answer, _: refusal.gone_screen(answer),
    Refused: lambda answer, _: refusal.refused_screen(answer),
    answers.IntercomTrouble: refusal.trouble_screen,
    answers.Merged: result.merged_screen,
    answers.MergeUnderWay: lambda answer, _: result.under_way_screen(answer),
    answers.MergeInDoubt: result.in_doubt_screen,
    answers.MergeFailed: result.failed_screen,
}
"""The screen of each answer, given the workspace's time zone."""


def _shown(answer: object, click: Click) -> Screen:
    return _SCREENS[type(answer)](answer, click.desk.workspace.timezone)
