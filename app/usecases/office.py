"""What an admin in the browser or an operator at the command line works with, in one workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.domain.channel import ChannelKind
from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.errors import AppError
from app.storage import audit
from app.storage.channels import ChannelRepository, StoredAccount
from app.storage.workspaces import WorkspaceDirectory
from app.usecases.desk import utc_now


class NoSuchWorkspace(AppError):
    """Kinbox does not serve this workspace."""

    def __init__(self, workspace_id: str) -> None:
        super().__init__(f"There is no workspace {workspace_id}.")


class NoSuchChannel(AppError):
    """The workspace has no such channel account: it never had, it was removed, or it is another workspace's."""

    def __init__(self, account_id: int) -> None:
        super().__init__(f"There is no channel account {account_id} in this workspace.")


@dataclass(frozen=True, kw_only=True)
class Office:
    """Made for each request or command. `by` is None at the command line; `kinds` are the channels by their slug."""

    workspace_id: str
    by: Teammate | None
    workspaces: WorkspaceDirectory
    channels: ChannelRepository
    kinds: Mapping[str, ChannelKind]
    public_url: str | None = None
    now: Callable[[], datetime] = utc_now

    def workspace(self, connection: Connection, *, lock: bool = False) -> Workspace:
        """The workspace; with `lock` nobody else changes it before this transaction ends.

        Raises NoSuchWorkspace, and UnreadableSecret when no key opens its token.
        """
        if lock:
            self.workspaces.lock(connection, self.workspace_id, self.now())
        found = self.workspaces.get(connection, self.workspace_id)
        if found is None:
            raise NoSuchWorkspace(self.workspace_id)
        return found

    def account(self, connection: Connection, account_id: int, *, lock: bool = False) -> StoredAccount:
        """An account of this workspace without its secrets. Raises NoSuchChannel."""
        found = self.channels.find(connection, self.workspace_id, account_id, lock=lock)
        if found is None:
            raise NoSuchChannel(account_id)
        return found

    def webhook_url(self, account: StoredAccount) -> str | None:
        """Where the provider calls; None while nobody said where Kinbox is."""
        return f"{self.public_url}{account.webhook_path}" if self.public_url else None

    def record(
        self, connection: Connection, action: str, details: Mapping[str, Any], *, contact_id: str | None = None
    ) -> None:
        """Keep who did this, in the transaction of the change itself."""
        audit.record(
            connection,
            self.workspace_id,
            action=action,
            teammate=self.by,
            contact_id=contact_id,
            details=details,
            at=self.now(),
        )
