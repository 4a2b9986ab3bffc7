"""Workspaces, their channel accounts, and how admins get in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


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
    revoked_at: Mapped[datetime | None]
    """Since when Intercom refuses the token; None while it works."""
    uninstalled_at: Mapped[datetime | None]
    health: Mapped[str | None]
    """What Intercom was last told of our health: OK, UNHEALTHY or UNKNOWN."""


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
    paused_at: Mapped[datetime | None]
    """Since when its messages are kept and not brought in; None while they are."""


class OauthState(Base):
    """A way to Intercom's consent page that somebody has begun. Good once, and for a short time."""

    __tablename__ = "oauth_state"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    """Of the cookie that the same browser must bring back."""
    purpose: Mapped[str]
    """install or sign_in."""
    region: Mapped[str]
    expires_at: Mapped[datetime]


class AdminSession(Base):
    """An admin who is signed in to the admin page of one workspace."""

    __tablename__ = "admin_session"
    __table_args__ = (Index(None, "workspace_id"),)

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    workspace_id: Mapped[str]
    admin_id: Mapped[str]
    admin_name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
