"""Taking a person out of the tables. What stays is told row by row; every function answers how many rows it changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, String, case, cast, delete, or_, select, update

from app.domain.erasing import match_without, without_words
from app.domain.identity import Match
from app.domain.merge_record import MergeState
from app.storage.models import AuditRecord, ConversationLink, Identity, KnownContact, Merge
from app.storage.upserts import changed_rows

AT_ONCE = 500
WORDS_AT_ONCE = 200
"""SQLite refuses an expression that is nested 1000 deep, as each OR nests one more."""
Item = TypeVar("Item", int, str)
_IDENTITY, _AUDIT, _MERGE = Identity.__table__.c, AuditRecord.__table__.c, Merge.__table__.c
SHORTEST_LOOKED_FOR = 6
"""A shorter text is part of too many documents that have nothing to do with the person."""


@dataclass(frozen=True)
class Mentions:
    """Rows of others that may speak of a person: looked for without a lock, since it takes a while."""

    identity_ids: tuple[int, ...]
    audit_ids: tuple[int, ...]


def mentions(connection: Connection, workspace_id: str, contact_ids: Collection[str], ids: Collection[str]) -> Mentions:
    """Other people's matches that name these contacts, phones or ids, and what was recorded that has one of `ids`."""
    identities = select(_IDENTITY.id).where(_IDENTITY.workspace_id == workspace_id)
    audits = select(_AUDIT.id).where(_AUDIT.workspace_id == workspace_id)
    return Mentions(
        _of_any(connection, identities, _each_holds(_IDENTITY.match, {*contact_ids, *ids})),
        _of_any(connection, audits, _each_holds(_AUDIT.details, ids)),
    )


def _each_holds(column: ColumnElement[Any], words: Collection[str]) -> Iterator[ColumnElement[bool]]:
    """Conditions of which one holds where the document's text has one of the words, as JSON writes it."""
    spelt = {json.dumps(word)[1:-1] for word in words if len(word) >= SHORTEST_LOOKED_FOR}
    for some in _portions(spelt, WORDS_AT_ONCE):
        yield or_(*(cast(column, String).contains(word, autoescape=True) for word in some))


def _of_any(connection: Connection, ids: Select[Any], conditions: Iterable[ColumnElement[bool]]) -> tuple[int, ...]:
    return tuple(sorted({found for one in conditions for found in connection.execute(ids.where(one)).scalars()}))


def drop_identities(connection: Connection, identity_ids: Collection[int]) -> tuple[int, int]:
    """Forget identities and the conversations that they write in: the numbers of both."""
    links = delete(ConversationLink).where(ConversationLink.identity_id.in_(identity_ids))
    conversations = changed_rows(connection.execute(links))
    identities = changed_rows(connection.execute(delete(Identity).where(_IDENTITY.id.in_(identity_ids))))
    return identities, conversations


def drop_known_contacts(
    connection: Connection, workspace_id: str, contact_ids: Collection[str], ids: Collection[str]
) -> int:
    """Forget these contacts, and whoever carries one of `ids`: a lead that nobody is linked to yet, for one.

    That may be somebody else with the same phone: they are found by a search again.
    """
    known = KnownContact.__table__.c
    which = (known.contact_id.in_(contact_ids), known.phone.in_(ids), *_each_holds(known.attributes, ids))
    ours = delete(KnownContact).where(known.workspace_id == workspace_id)
    return sum(changed_rows(connection.execute(ours.where(one))) for one in which)


def blank_merges(connection: Connection, workspace_id: str, contact_ids: Collection[str], at: datetime) -> int:
    """Merges of these contacts lose both records, the survivor's and the reason. Who did what and when stays.

    One that was asked for and not sent yet ends here: what it has read must not be stored any more.
    """
    ours = or_(_MERGE.from_id.in_(contact_ids), _MERGE.into_id.in_(contact_ids))
    asked = _MERGE.state == MergeState.ASKED.value
    kept = (_MERGE.from_before, _MERGE.into_before, _MERGE.into_after, _MERGE.reason)
    full = or_(asked, *(column.is_not(None) for column in kept))
    values = {
        "from_before": None,
        "into_before": None,
        "into_after": None,
        "reason": None,
        "failure": case((asked, "erased"), else_=_MERGE.failure),
        "finished_at": case((asked, at), else_=_MERGE.finished_at),
        "state": case((asked, MergeState.FAILED.value), else_=_MERGE.state),
    }
    blanked = update(Merge).where(_MERGE.workspace_id == workspace_id, ours, full).values(**values)
    return changed_rows(connection.execute(blanked))


def scrub_matches(
    connection: Connection, identity_ids: Collection[int], contact_ids: Collection[str], ids: Collection[str]
) -> int:
    """Other people's matches, without these contacts, phones and ids. What is also their own stays."""
    columns = (_IDENTITY.id, _IDENTITY.match, _IDENTITY.phone, _IDENTITY.sender_id, _IDENTITY.bsuid)
    changed = 0
    for some in _portions(identity_ids):
        for row in connection.execute(select(*columns).where(_IDENTITY.id.in_(some)).with_for_update()).all():
            match = Match.from_json(row.match)
            if match is None:
                continue
            left = match_without(match, contact_ids, set(ids) - {row.phone, row.sender_id, row.bsuid})
            if left != match:
                connection.execute(update(Identity).where(_IDENTITY.id == row.id).values(match=left.to_json()))
                changed += 1
    return changed


def audits_of(connection: Connection, workspace_id: str, contact_ids: Collection[str]) -> tuple[int, ...]:
    own = select(_AUDIT.id).where(_AUDIT.workspace_id == workspace_id, _AUDIT.contact_id.in_(contact_ids))
    return tuple(connection.execute(own).scalars())


def scrub_audits(connection: Connection, audit_ids: Collection[int], words: Collection[str]) -> int:
    """What was recorded keeps its ids and its teammate, and none of these words in its details."""
    changed = 0
    for some in _portions(audit_ids):
        for row in connection.execute(select(_AUDIT.id, _AUDIT.details).where(_AUDIT.id.in_(some))).all():
            left = without_words(row.details, words)
            if left != row.details:
                connection.execute(update(AuditRecord).where(_AUDIT.id == row.id).values(details=left))
                changed += 1
    return changed


def _portions(every: Collection[Item], at_once: int = AT_ONCE) -> Iterator[list[Item]]:
    """Drivers take a bounded number of parameters."""
    ordered = sorted(every)
    return (ordered[start : start + at_once] for start in range(0, len(ordered), at_once))
