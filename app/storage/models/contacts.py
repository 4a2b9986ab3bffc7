"""Who people are: identities, their contacts, and what became of those."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


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
    __table_args__ = (Index(None, "workspace_id", "into_id"),)

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    from_id: Mapped[str] = mapped_column(primary_key=True)
    into_id: Mapped[str]
    created_at: Mapped[datetime]


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


class ContactState(Base):
    """A contact that Intercom does not serve, and why. Of one that was erased this is all that is left."""

    __tablename__ = "contact_state"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    contact_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    """One of archived, blocked, deleted, erased."""
    since: Mapped[datetime]


class ReconcileRun(Base):
    """The walk over a workspace's links: how far it came, and what it could not repair. One row a workspace."""

    __tablename__ = "reconcile_run"

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    after_contact_id: Mapped[str]
    """Every contact up to this id, in order, has been looked at."""
    checked: Mapped[int]
    repaired: Mapped[int]
    unresolved: Mapped[list[Any]]
    """For each short code how many contacts, and the ids of the first ones."""
    claimed_until: Mapped[datetime | None]
    """No other process walks this workspace before then."""
