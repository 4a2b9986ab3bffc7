"""The tables. Rows never leave this package: repositories answer with plain records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy import Identity as Counted
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.storage.types import Json, UtcDateTime


class Base(DeclarativeBase):
    """Names every key and index, so that migrations can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own spelling
        str: String(),
        datetime: UtcDateTime(),
        dict[str, Any]: Json,
        list[Any]: Json,
    }


class Workspace(Base):
    """An Intercom workspace; the id is Intercom's app id."""

    __tablename__ = "workspace"

    id: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str]
    name: Mapped[str]
    timezone: Mapped[str]
    encrypted_token: Mapped[str | None] = mapped_column(Text)
    admin_id: Mapped[str | None]
    settings: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ChannelAccount(Base):
    """One account at a provider: a number, a page, a bot."""

    __tablename__ = "channel_account"
    __table_args__ = (UniqueConstraint("workspace_id", "slug", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspace.id"))
    slug: Mapped[str]
    name: Mapped[str]
    address: Mapped[str]
    country: Mapped[str | None]
    encrypted_secrets: Mapped[str | None] = mapped_column(Text)
    webhook_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class Identity(Base):
    """One person on one channel account, linked to one contact at a time."""

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("account_id", "sender_id"),
        Index(None, "account_id", "bsuid"),
        Index(None, "account_id", "phone"),
        Index(None, "workspace_id", "contact_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("channel_account.id"))
    sender_id: Mapped[str]
    phone: Mapped[str | None]
    bsuid: Mapped[str | None]
    handle: Mapped[str | None]
    display_name: Mapped[str | None]
    contact_id: Mapped[str | None]
    match: Mapped[dict[str, Any] | None]
    matched_at: Mapped[datetime | None]
    first_message_at: Mapped[datetime | None]
    last_message_at: Mapped[datetime | None]


class ContactRedirect(Base):
    """A contact that was merged away, and the survivor."""

    __tablename__ = "contact_redirect"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    from_id: Mapped[str] = mapped_column(primary_key=True)
    into_id: Mapped[str]
    created_at: Mapped[datetime]


LIVE_MERGE = text("state IN ('asked', 'sent', 'in_doubt')")
"""While a merge is in one of these states, no other merge of the same lead may begin."""


class Merge(Base):
    """One merge: who asked, on what grounds, both records before, and how it ended."""

    __tablename__ = "merge"
    __table_args__ = (
        Index(
            "uq_merge_live_workspace_id_from_id",
            "workspace_id",
            "from_id",
            unique=True,
            sqlite_where=LIVE_MERGE,
            postgresql_where=LIVE_MERGE,
        ),
        Index(None, "workspace_id", "from_id"),
        Index(None, "workspace_id", "into_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    workspace_id: Mapped[str]
    from_id: Mapped[str]
    into_id: Mapped[str]
    state: Mapped[str]
    """One of asked, sent, done, failed, in_doubt."""
    conversation_id: Mapped[str | None]
    admin_id: Mapped[str | None]
    admin_name: Mapped[str | None]
    consents: Mapped[list[Any]]
    reason: Mapped[str | None] = mapped_column(Text)
    from_before: Mapped[dict[str, Any] | None]
    into_before: Mapped[dict[str, Any] | None]
    into_after: Mapped[dict[str, Any] | None]
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    request_id: Mapped[str | None]
    failure: Mapped[str | None]
    """A short code, never a sentence of Intercom's."""


class AuditRecord(Base):
    """What a teammate or an operator did, and when."""

    __tablename__ = "audit_record"
    __table_args__ = (Index(None, "workspace_id", "contact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[str]
    at: Mapped[datetime]
    admin_id: Mapped[str | None]
    admin_name: Mapped[str | None]
    action: Mapped[str]
    contact_id: Mapped[str | None]
    details: Mapped[dict[str, Any]]


WAITING, PARTS, DEAD = text("state = 'waiting'"), text("state = 'part'"), text("state = 'dead'")
ENDED = text("state IN ('done', 'dead')")
OF_ACCOUNT, OF_INTERCOM = text("account_id IS NOT NULL"), text("account_id IS NULL")


def _partial(name: str, *columns: str, where: Any, unique: bool = False) -> Index:
    return Index(f"{name}_{'_'.join(columns)}", *columns, unique=unique, sqlite_where=where, postgresql_where=where)


class InboundEvent(Base):
    """What a provider or Intercom sent, and how far its work has come. Lanes are worked in the order of the ids."""

    __tablename__ = "inbound_event"
    __table_args__ = (
        _partial("uq_inbound_event", "account_id", "event_id", where=OF_ACCOUNT, unique=True),
        _partial("uq_inbound_event", "workspace_id", "event_id", where=OF_INTERCOM, unique=True),
        Index(None, "lane", "id"),
        _partial("ix_inbound_event_waiting", "lane", "id", where=WAITING),
        _partial("ix_inbound_event_parts", "lane", "part_group", where=PARTS),
        _partial("ix_inbound_event_dead", "workspace_id", "id", where=DEAD),
        _partial("ix_inbound_event_ended", "finished_at", where=ENDED),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), Counted(), primary_key=True)
    workspace_id: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("channel_account.id"))
    """None for an event of Intercom's."""
    source: Mapped[str]
    """channel or intercom."""
    event_id: Mapped[str]
    lane: Mapped[str]
    state: Mapped[str]
    """One of waiting, part, done, dead."""
    attempts: Mapped[int]
    next_try_at: Mapped[datetime]
    last_error: Mapped[str | None]
    """A short code, never a text of the customer's or of Intercom's."""
    payload: Mapped[dict[str, Any]]
    steps: Mapped[dict[str, Any]]
    epoch: Mapped[int]
    """Goes up each time the event is taken; who holds an older one may change nothing more."""
    leased_until: Mapped[datetime | None]
    worker: Mapped[str | None]
    received_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    part_group: Mapped[str | None]
    part_number: Mapped[int | None]
    part_total: Mapped[int | None]


class ConversationLink(Base):
    """The Intercom conversation that an identity writes in."""

    __tablename__ = "conversation_link"
    __table_args__ = (Index(None, "workspace_id", "conversation_id"),)

    identity_id: Mapped[int] = mapped_column(ForeignKey("identity.id"), primary_key=True, autoincrement=False)
    workspace_id: Mapped[str]
    conversation_id: Mapped[str]
    state: Mapped[str]
    """open or closed."""
    contact_id: Mapped[str]
    last_activity_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class KnownContact(Base):
    """A contact that Kinbox made or saw, because Intercom's search shows it only minutes later."""

    __tablename__ = "known_contact"
    __table_args__ = (Index(None, "workspace_id", "phone"), Index(None, "workspace_id", "seen_at"))

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    contact_id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str | None]
    phone: Mapped[str | None]
    attributes: Mapped[dict[str, Any] | None]
    name: Mapped[str | None]
    seen_at: Mapped[datetime]
