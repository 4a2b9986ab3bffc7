"""Clicks on the linked channels and on failed messages: which use case each starts, and the screen of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.domain import answers
from app.domain import identity_answers as told
from app.domain.merging import Refused
from app.http.click import Click, out_of_date
from app.sidebar import channels, failures, ids, move, refusal, target
from app.sidebar.screen import Screen
from app.usecases.move_identity import move_identity
from app.usecases.name_target import ask_for_target, find_target, list_runners_up, pick_target
from app.usecases.retry_messages import failed_messages, retry_messages
from app.usecases.unlink_identity import link_again, unlink_identity


def _channels(click: Click) -> Screen:
    return channels.channels_screen(click.home())


def _identity(click: Click, number: str) -> Screen:
    """It has to be linked here still; who may not change links has nothing to click."""
    home, known = click.home(), click.offered_numbers("identities")
    identity = next((one for one in home.identities if one.id == known.get(number)), None)
    if identity is None or not home.may_merge:
        return out_of_date(click)
    return channels.identity_screen(identity, home.timezone)


def _with_identity(act: Callable[[Click, int], object]) -> Callable[[Click], Screen]:
    """A click on a screen about one identity."""

    def answer(click: Click) -> Screen:
        identity_id = click.offered_number("identity")
        return out_of_date(click) if identity_id is None else _shown(act(click, identity_id), click)

    return answer


def _choose(click: Click, contact_id: str) -> Screen:
    """A runner-up: nothing more to ask, for it can be moved back."""
    identity_id = click.offered_number("identity")
    if identity_id is None or not click.offers("runners_up", contact_id):
        return out_of_date(click)
    return _shown(move_identity(click.desk, identity_id, from_id=click.contact_id, to_id=contact_id), click)


def _pick(click: Click, contact_id: str) -> Screen:
    """One of several that were found."""
    identity_id = click.offered_number("identity")
    if identity_id is None or not click.offers("targets", contact_id):
        return out_of_date(click)
    return _shown(pick_target(click.desk, identity_id, click.contact_id, contact_id), click)


def _confirm(click: Click) -> Screen:
    identity_id, to_id = click.offered_number("identity"), click.offered("to")
    if identity_id is None or to_id is None:
        return out_of_date(click)
    return _shown(move_identity(click.desk, identity_id, from_id=click.contact_id, to_id=to_id), click)


def _relink(click: Click) -> Screen:
    identity_id, stamp = click.offered_number("identity"), click.offered("unlinked_at")
    if identity_id is None or stamp is None:
        return out_of_date(click)
    unlinked_at = datetime.fromisoformat(stamp)
    return _shown(link_again(click.desk, identity_id, into_id=click.contact_id, unlinked_at=unlinked_at), click)


def _failed(click: Click) -> Screen:
    return _shown(failed_messages(click.desk, click.contact_id, limit=failures.MOST_LISTED), click)


def _retry(click: Click, number: str) -> Screen:
    event_id = click.offered_numbers("failed").get(number)
    if event_id is None:
        return out_of_date(click)
    return _shown(retry_messages(click.desk, click.contact_id, [event_id]), click)


def _retry_all(click: Click) -> Screen:
    event_ids = sorted(click.offered_numbers("failed").values())
    return _shown(retry_messages(click.desk, click.contact_id, event_ids), click) if event_ids else out_of_date(click)


EXACT: Mapping[str, Callable[[Click], Screen]] = {
    ids.CHANNELS: _channels,
    ids.CHOOSE: _with_identity(lambda click, one: list_runners_up(click.desk, one, click.contact_id)),
    ids.TARGET: _with_identity(lambda click, one: ask_for_target(click.desk, one, click.contact_id)),
    ids.TARGET_REFERENCE: _with_identity(
        lambda click, one: find_target(click.desk, one, click.contact_id, click.call.typed(ids.TARGET_REFERENCE))
    ),
    ids.TARGET_CONFIRM: _confirm,
    ids.UNLINK: _with_identity(lambda click, one: unlink_identity(click.desk, one, from_id=click.contact_id)),
    ids.RELINK: _relink,
    ids.FAILED: _failed,
    ids.RETRY_ALL: _retry_all,
}
PREFIXED: Mapping[str, Callable[[Click, str], Screen]] = {
    ids.IDENTITY: _identity,
    ids.CHOOSE_PICK: _choose,
    ids.TARGET_PICK: _pick,
    ids.RETRY: _retry,
}

_SCREENS: Mapping[type, Callable[[Any, str], Screen]] = {
    told.RunnersUp: lambda answer, _: target.runners_up_screen(answer),
    told.TargetForm: lambda answer, _: target.target_form_screen(answer),
    told.TargetNamed: lambda answer, _: target.target_confirm_screen(answer),
    told.IdentityUnlinked: lambda answer, _: channels.unlinked_screen(answer),
    told.IdentityLinkedAgain: lambda answer, _: channels.linked_again_screen(answer),
    told.FailedMessages: failures.failed_messages_screen,
    told.MessagesRetried: lambda answer, _: failures.messages_retried_screen(answer),
    answers.IdentityMoved: lambda answer, _: move.moved_screen(answer),
    answers.IdentityNotMoved: lambda answer, _: channels.not_moved_screen(answer),
    answers.Gone: lambda answer, _: target.target_gone_screen(answer),
    answers.IntercomTrouble: target.target_trouble_screen,
    Refused: lambda answer, _: refusal.refused_screen(answer),
}
"""The screen of each answer, given the workspace's time zone."""


def _shown(answer: object, click: Click) -> Screen:
    return _SCREENS[type(answer)](answer, click.desk.workspace.timezone)
