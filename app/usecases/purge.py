"""Forget what has been kept for as long as each workspace wants it kept.

Ended events with their texts, the contacts and reasons in the records of old merges, that somebody was deleted whom
nobody knows, and everything of a workspace whose app was uninstalled long ago. A few rows at a time; it may be stopped
anywhere, and several processes may do it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from app.domain.workspace import Workspace
from app.domain.workspace_settings import WorkspaceSettings
from app.storage import retention
from app.storage.database import empty_journal, transaction
from app.storage.workspaces import WorkspaceDirectory

Id = TypeVar("Id", int, str)
GoOn = Callable[[], bool]

STRANGERS_FOR = timedelta(weeks=4)
"""How long a deletion of somebody unknown is remembered: a merge into them may be told of late."""

_log = logging.getLogger("kinbox.privacy")


@dataclass(frozen=True, kw_only=True)
class Purged:
    """How many rows went or were blanked, and how many workspaces were forgotten."""

    events: int = 0
    merges: int = 0
    strangers: int = 0
    workspaces: int = 0

    @property
    def nothing(self) -> bool:
        return self == Purged()


def purge(directory: WorkspaceDirectory, at: datetime, go_on: GoOn) -> Purged:
    """Do it for all workspaces, for as long as `go_on` says so. Raises DatabaseUnavailable."""
    with transaction() as connection:
        known = [directory.known(connection, one) for one in directory.ids(connection)]
    workspaces = [one for one in known if one is not None]
    events = merges = strangers = forgotten = 0
    for workspace in workspaces:
        if _is_over(workspace, at):
            forgotten += _forget(directory, workspace, at, go_on)
            continue
        events += _purge_events(at, workspace.settings, go_on, workspace_id=workspace.id)
        merges += _blank_merges(workspace, at, go_on)
        strangers += _drop_strangers(workspace, at, go_on)
    # Events of workspaces that Kinbox does not know any more: nobody chose for them.
    events += _purge_events(at, WorkspaceSettings(), go_on, others_than=[one.id for one in workspaces])
    purged = Purged(events=events, merges=merges, strangers=strangers, workspaces=forgotten)
    if not purged.nothing:
        empty_journal()
        _log.info("forgot what was kept for long enough", extra=vars(purged))
    return purged


def _is_over(workspace: Workspace, at: datetime) -> bool:
    since = workspace.uninstalled_at
    return since is not None and since + workspace.settings.link_retention <= at


def _purge_events(
    at: datetime,
    settings: WorkspaceSettings,
    go_on: GoOn,
    *,
    workspace_id: str | None = None,
    others_than: Collection[str] = (),
) -> int:
    before = at - settings.message_retention

    def look(connection: Connection) -> list[int]:
        return retention.old_events(connection, before, workspace_id=workspace_id, others_than=others_than)

    return _in_portions(look, retention.drop_events, go_on)


def _blank_merges(workspace: Workspace, at: datetime, go_on: GoOn) -> int:
    kept_for = workspace.settings.snapshot_retention
    if kept_for is None:
        return 0
    before = at - kept_for
    return _in_portions(
        lambda connection: retention.old_records(connection, workspace.id, before), retention.blank_records, go_on
    )


def _drop_strangers(workspace: Workspace, at: datetime, go_on: GoOn) -> int:
    before = at - STRANGERS_FOR
    return _in_portions(
        lambda connection: retention.deleted_strangers(connection, workspace.id, before),
        lambda connection, some: retention.drop_strangers(connection, workspace.id, before, some),
        go_on,
    )


def _in_portions(
    look: Callable[[Connection], Sequence[Id]], forget: Callable[[Connection, Sequence[Id]], int], go_on: GoOn
) -> int:
    """Look without a lock, forget a portion in each transaction, until looking finds nothing."""
    done = 0
    while go_on():
        with transaction() as connection:
            found = look(connection)
        for start in range(0, len(found), retention.AT_ONCE):
            if not go_on():
                break
            with transaction(write=True) as connection:
                done += forget(connection, found[start : start + retention.AT_ONCE])
        if len(found) < retention.LOOKED_FOR:
            break
    return done


def _forget(directory: WorkspaceDirectory, workspace: Workspace, at: datetime, go_on: GoOn) -> int:
    """Everything of an uninstalled workspace but its id and region. 1 when this was the end of it, else 0."""
    while go_on():
        with transaction(write=True) as connection:
            directory.lock(connection, workspace.id, at)
            now = directory.without_token(connection, workspace.id)
            if now is None or not _is_over(now, at):
                return 0  # installed again meanwhile
            if retention.drop_some_of(connection, workspace.id) == 0:
                return int(directory.forget_choices(connection, workspace.id, at))
    return 0
