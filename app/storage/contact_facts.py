"""All that the first screen needs, in one query: the workspace, the contact's identities and merges, where it went."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    String,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from app.domain.answers import FailedLately, PastMerge
from app.domain.identity import LinkedIdentity, Match
from app.domain.redaction import NOT_KEPT
from app.storage.channels import IS_REMOVED
from app.storage.models import ChannelAccount, ContactRedirect, ContactState, Identity, InboundEvent, Merge, Workspace
from app.storage.prepared import Prepared, Row
from app.storage.types import UtcDateTime

MAX_MERGES = 50
"""More merges than this on one contact are not listed; all are kept."""
MESSAGES_LOOKED_AT = 100
"""The newest messages of an identity among which the failed ones are counted, so that a page view costs the same
whether its sender wrote ten times or ten thousand times."""


@dataclass(frozen=True)
class ContactFacts:
    """Identities with the latest message first, merges with the newest first."""

    identities: tuple[LinkedIdentity, ...]
    merges: tuple[PastMerge, ...]
    survivor_id: str | None
    failed: FailedLately | None = None
    """Of the newest MESSAGES_LOOKED_AT messages of each identity."""
    has_channels: bool = True
    """Whether the workspace has any channel account."""
    gone: str | None = None
    """The contact's state where Intercom does not serve it, as `contact_states` names it."""


def contact_facts(connection: Connection, workspace_id: str, contact_id: str) -> ContactFacts:
    """Read everything of the contact with one round trip."""
    return screen_facts(connection, workspace_id, contact_id)[0]


def screen_facts(connection: Connection, workspace_id: str, contact_id: str) -> tuple[ContactFacts, Row | None]:
    """The same together with the workspace's own row, for `WorkspaceDirectory.of_row`; None when it has none.

    One round trip for both: initialize is called several times for one page view.
    """
    rows = _FACTS.unread(connection, workspace=workspace_id, contact=contact_id)
    facts, workspace = _read(connection.dialect.name, rows)
    return facts, None if workspace is None else (workspace_id, *workspace)


@lru_cache(maxsize=1024)
def _read(dialect: str, unread: tuple[Row, ...]) -> tuple[ContactFacts, Row | None]:
    """The same rows mean the same: most page views find what the one before found."""
    rows = _FACTS.read(dialect, unread)
    identities = [_identity(row) for row in rows if row[0] in _KINDS]
    merges = [_merge(row) for row in rows if row[0] == "merge"]
    redirects = [row[2] for row in rows if row[0] == "redirect"]
    identities.sort(key=lambda identity: _stamp(identity.last_message_at), reverse=True)
    merges.sort(key=lambda merge: merge.at, reverse=True)
    failed = _failed([row[7] for row in rows if row[0] in _KINDS and row[7]])
    has_channels = any(row[1] for row in rows if row[0] == "workspace")
    survivor_id = redirects[0] if redirects else None
    gone = next((row[2] for row in rows if row[0] == "state"), None)
    facts = ContactFacts(tuple(identities), tuple(merges), survivor_id, failed, has_channels, gone)
    workspaces = [(*row[2:7], *row[8:]) for row in rows if row[0] == "workspace"]
    return facts, workspaces[0] if workspaces else None


def _failed(counted: list[str]) -> FailedLately | None:
    """From `_FAILED_OF_LANE` of every identity: the number, and the reason if there is only one."""
    number, codes = 0, set()
    for one in counted:
        of_lane, _, code = one.partition(" ")
        number += int(of_lane)
        codes.add(code)
    return FailedLately(number, codes.pop() or None if len(codes) == 1 else None) if number else None


def _identity(row: Row) -> LinkedIdentity:
    kind, identity_id, channel, account_name, sender_id, handle, display_name, _, match, last_message_at, _ = row
    return LinkedIdentity(
        id=identity_id,
        channel=channel,
        account_name=account_name,
        sender_id=sender_id,
        handle=handle,
        display_name=display_name,
        last_message_at=last_message_at,
        match=Match.from_json(json.loads(match)) if match else None,
        is_paused=kind == _PAUSED,
    )


def _merge(row: Row) -> PastMerge:
    _, _, lead_id, user_id, state, by, lead_label, user_label, _, at, _ = row
    return PastMerge(
        lead_id=lead_id,
        user_id=user_id,
        state=state,
        by=by or "",
        lead_label=lead_label,
        user_label=user_label,
        at=at,
    )


def _stamp(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


def _word(ours: str) -> ColumnElement[str]:
    """A text of our own in the statement itself: psycopg reads one of up to 4,096 characters only once."""
    return literal_column(f"'{ours}'", String)


_WORKSPACE = bindparam("workspace", type_=String)
_CONTACT = bindparam("contact", type_=String)
_NO_TEXT, _NO_TIME = cast(null(), String), cast(null(), UtcDateTime)
_KINDS = _WORKS, _PAUSED = "identity", "paused"
"""The kinds of rows that are identities: by whether their channel account is paused."""


def _label(record: Any, contact_id: Any) -> Any:
    """The label of a stored contact record, as `Contact.label` chooses it."""
    fields = [
        func.nullif(func.nullif(record[name].as_string(), _word("")), _word(NOT_KEPT))
        for name in ("name", "email", "phone")
    ]
    return func.coalesce(*fields, contact_id)


# The lane is spelt as `lanes.lane_name` does; a sender's id is never so long that it would be cut. In SQL, for a join
# would read every event of the lane, and the index on dead events is the whole workspace's.
_EVENT = InboundEvent.__table__.c
_NEWEST_OF_LANE = (
    select(_EVENT.state, _EVENT.last_error)
    .where(
        _EVENT.lane
        == _word("channel:")
        + cast(Identity.__table__.c.account_id, String)
        + _word(":")
        + Identity.__table__.c.sender_id
    )
    .correlate(Identity.__table__)
    .order_by(_EVENT.id.desc())
    .limit(MESSAGES_LOOKED_AT)
    .subquery()
)
_CODE = _NEWEST_OF_LANE.c.last_error
_FAILED_OF_LANE = (
    select(
        cast(func.count(), String)
        + _word(" ")
        + case((func.min(_CODE) == func.max(_CODE), func.min(_CODE)), else_=_word(""))
    )
    .where(_NEWEST_OF_LANE.c.state == _word("dead"))
    .having(func.count() > 0)
    .correlate(Identity.__table__)
    .scalar_subquery()
)
"""How many of an identity's newest messages are dead, a space, and the reason if all have the same; NULL for none."""
_IDENTITIES = (
    select(
        case((ChannelAccount.paused_at.is_(None), _word(_WORKS)), else_=_word(_PAUSED)).label("kind"),
        Identity.id.label("number"),
        ChannelAccount.slug.label("one"),
        ChannelAccount.name.label("two"),
        Identity.sender_id.label("three"),
        Identity.handle.label("four"),
        Identity.display_name.label("five"),
        _FAILED_OF_LANE.label("six"),
        cast(Identity.match, String).label("document"),
        type_coerce(Identity.last_message_at, UtcDateTime).label("at"),
        _NO_TIME.label("until"),
    )
    .join(ChannelAccount, ChannelAccount.id == Identity.account_id)
    .where(Identity.workspace_id == _WORKSPACE, Identity.contact_id == _CONTACT)
)
# A subquery, because SQLite allows no LIMIT inside a UNION's parts.
_NEWEST_MERGES = (
    select(
        *(Merge.from_id, Merge.into_id, Merge.state, Merge.admin_name, Merge.from_before, Merge.into_before),
        *(Merge.asked_at, Merge.finished_at),
    )
    .where(Merge.workspace_id == _WORKSPACE, or_(Merge.from_id == _CONTACT, Merge.into_id == _CONTACT))
    .order_by(Merge.asked_at.desc())
    .limit(MAX_MERGES)
    .subquery()
)
_MERGES = select(
    _word("merge"),
    cast(null(), Integer),
    _NEWEST_MERGES.c.from_id,
    _NEWEST_MERGES.c.into_id,
    _NEWEST_MERGES.c.state,
    _NEWEST_MERGES.c.admin_name,
    _label(_NEWEST_MERGES.c.from_before, _NEWEST_MERGES.c.from_id),
    _label(_NEWEST_MERGES.c.into_before, _NEWEST_MERGES.c.into_id),
    _NO_TEXT,
    func.coalesce(_NEWEST_MERGES.c.finished_at, _NEWEST_MERGES.c.asked_at, type_=UtcDateTime),
    _NO_TIME,
)
_REDIRECTS = select(
    _word("redirect"),
    cast(null(), Integer),
    ContactRedirect.into_id,
    _NO_TEXT,
    _NO_TEXT,
    _NO_TEXT,
    _NO_TEXT,
    _NO_TEXT,
    _NO_TEXT,
    ContactRedirect.created_at,
    _NO_TIME,
).where(ContactRedirect.workspace_id == _WORKSPACE, ContactRedirect.from_id == _CONTACT)
_HAS_CHANNELS = exists().where(ChannelAccount.workspace_id == _WORKSPACE, ~IS_REMOVED)
_STATES = select(
    _word("state"),
    cast(null(), Integer),
    ContactState.state,
    _NO_TEXT,
    _NO_TEXT,
    _NO_TEXT,
    _NO_TEXT,
    _NO_TEXT,
    _NO_TEXT,
    ContactState.since,
    _NO_TIME,
).where(ContactState.workspace_id == _WORKSPACE, ContactState.contact_id == _CONTACT)
_WORKSPACE_ROW = select(
    _word("workspace"),
    cast(_HAS_CHANNELS, Integer),
    Workspace.region,
    Workspace.name,
    Workspace.timezone,
    Workspace.encrypted_token,
    Workspace.admin_id,
    _NO_TEXT,
    cast(Workspace.settings, String),
    Workspace.revoked_at,
    Workspace.uninstalled_at,
).where(Workspace.id == _WORKSPACE)
_FACTS = Prepared(union_all(_IDENTITIES, _MERGES, _REDIRECTS, _STATES, _WORKSPACE_ROW))
