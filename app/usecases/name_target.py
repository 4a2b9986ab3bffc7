"""The teammate names the contact that a channel identity should move to. Intercom is only read, nothing is moved."""

from __future__ import annotations

from app.domain.answers import (
    Gone,
    GoneReason,
    IdentityNotMoved,
    IntercomTrouble,
    NobodyFound,
    SeveralFound,
    Suggestion,
)
from app.domain.contact import Contact
from app.domain.identity import LinkedIdentity, Match
from app.domain.identity_answers import RunnersUp, TargetForm, TargetNamed
from app.domain.merging import RefusalCode, Refused
from app.storage import identities
from app.storage.database import transaction
from app.usecases.desk import Desk
from app.usecases.name_contact import look_up

MOST_RUNNERS_UP = 8
_A_READ_NEEDS_S = 0.5

NamedTarget = TargetNamed | TargetForm | IdentityNotMoved | IntercomTrouble | Refused
"""Where naming the contact can lead."""

_SAME = "That is the contact which it is linked to now. Name the other one."
_MERGED_AWAY = "The contact that you named was merged into another one. You can pick that one instead."
_NOT_SERVED = "Intercom does not serve that contact. It may be archived, blocked or deleted, or the id is wrong."


def ask_for_target(desk: Desk, identity_id: int, this_id: str) -> TargetForm | IdentityNotMoved | Refused:
    """The form, for an identity that is linked to the contact in the panel."""
    known = _mine(desk, identity_id, this_id)
    return TargetForm(identity=known) if isinstance(known, LinkedIdentity) else known


def find_target(desk: Desk, identity_id: int, this_id: str, typed: str) -> NamedTarget:
    """Find the contact that `typed` names, as for a merge."""
    known = _mine(desk, identity_id, this_id)
    if not isinstance(known, LinkedIdentity):
        return known
    found = look_up(desk, this_id, typed)
    if isinstance(found, IntercomTrouble):
        return found
    if isinstance(found, NobodyFound):
        return TargetForm(identity=known, typed=typed, problem=found.why)
    if isinstance(found, SeveralFound):
        return TargetForm(identity=known, typed=typed, candidates=found.candidates)
    return _named(desk, known, this_id, found)


def pick_target(desk: Desk, identity_id: int, this_id: str, target_id: str) -> NamedTarget:
    """The contact with this id, which was offered."""
    known = _mine(desk, identity_id, this_id)
    if not isinstance(known, LinkedIdentity):
        return known
    read = desk.read(target_id)
    return read if isinstance(read, IntercomTrouble) else _named(desk, known, this_id, read)


def list_runners_up(
    desk: Desk, identity_id: int, this_id: str
) -> RunnersUp | IdentityNotMoved | IntercomTrouble | Refused:
    """Read who else could have been meant, at most MOST_RUNNERS_UP of them and as long as there is time."""
    known = _mine(desk, identity_id, this_id)
    if not isinstance(known, LinkedIdentity):
        return known
    match = known.match or Match("stored")
    wanted = [one for one in match.runners_up if one != this_id][:MOST_RUNNERS_UP]
    candidates: list[Suggestion] = []
    gone, trouble = 0, IntercomTrouble(code="slow")
    for read_before, contact_id in enumerate(wanted):
        read = desk.read(contact_id) if desk.deadline.remaining_s() >= _A_READ_NEEDS_S else trouble
        if isinstance(read, IntercomTrouble):
            unread = len(wanted) - read_before
            return (
                RunnersUp(identity=known, candidates=tuple(candidates), gone=gone, unread=unread)
                if candidates
                else read
            )
        if isinstance(read, Contact):
            candidates.append(Suggestion(read, (_reason(match, this_id, contact_id),)))
        else:
            gone += 1
    return RunnersUp(identity=known, candidates=tuple(candidates), gone=gone)


def _mine(desk: Desk, identity_id: int, this_id: str) -> LinkedIdentity | IdentityNotMoved | Refused:
    if not desk.workspace.settings.allows_merge_by(desk.teammate.id):
        return Refused(RefusalCode.TEAMMATE_NOT_ALLOWED)
    with transaction() as connection:
        known = identities.one_of_contact(connection, desk.workspace.id, this_id, identity_id)
    return known or IdentityNotMoved()


def _named(desk: Desk, known: LinkedIdentity, this_id: str, found: Contact | Gone) -> TargetForm | TargetNamed:
    if isinstance(found, Contact):
        if found.id == this_id:
            return TargetForm(identity=known, problem=_SAME)
        return TargetNamed(identity=known, target=found)
    if found.reason != GoneReason.MERGED or found.survivor_id in {None, this_id}:
        return TargetForm(identity=known, problem=_SAME if found.survivor_id == this_id else _NOT_SERVED)
    survivor = desk.read(found.survivor_id or "")
    offered = (
        (Suggestion(survivor, ("took over the contact that you named",)),) if isinstance(survivor, Contact) else ()
    )
    return TargetForm(identity=known, problem=_MERGED_AWAY if offered else _NOT_SERVED, candidates=offered)


def _reason(match: Match, this_id: str, contact_id: str) -> str:
    """Why this contact would have done as well, or that a teammate took the identity from it."""
    if match.before is not None and match.runners_up[0] == contact_id != this_id:
        return f"linked until {match.value or 'a teammate'} decided otherwise"
    rule = match.before or match
    words = {"phone": "same phone", "channel_id": "same channel id", "known_contact": "same phone or channel id"}
    known = words.get(rule.rule)
    return f"{known} {rule.value}" if known and rule.value else known or "would have matched as well"
