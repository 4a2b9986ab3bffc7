"""Workspaces and their channel accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
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
