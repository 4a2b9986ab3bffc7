"""Walk all links of a workspace: follow merges that were made elsewhere, write back what was lost, tell what is left.

The walk keeps within its share of Intercom's allowance. Its place is kept with each batch's repairs, in one
transaction, so that whoever goes on after a kill repeats one batch at most.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from sqlalchemy import Connection

from app.domain.channel import Channel
from app.domain.reconciling import Tally
from app.domain.workspace import Workspace
from app.errors import AppError
from app.intercom.client import Intercom
from app.intercom.errors import Disconnected, IntercomError
from app.storage import linked_contacts, reconcile_runs
from app.storage.database import DatabaseUnavailable, transaction
from app.storage.reconcile_runs import Run
from app.usecases.pacing import Patience
from app.usecases.reconcile_batch import BATCH, Mended, Repairer

LEASE = timedelta(seconds=20)
"""Whoever walks and says nothing for so long loses the walk; longer than one call to Intercom may take."""

_DATABASE_TRIES = 5
"""SQLite's lock goes to whoever is lucky: a second later it may be us."""

_log = logging.getLogger("kinbox.reconcile")
Kept = TypeVar("Kept")

State = Literal["finished", "stopped", "busy", "not wanted"]


class LostClaim(AppError):
    """Another process walks this workspace now: this one was silent for too long."""


class StoppedByUs(AppError):
    """The process is to end."""


@dataclass(frozen=True, kw_only=True)
class Walk:
    """What a walk works with. `channels` by slug; `open_intercom` gives a client that keeps the pace.

    `rest` sleeps, and ends early when `is_stopping`. `told` hears of the progress after each batch.
    """

    workspace: Workspace
    channels: Mapping[str, Channel]
    open_intercom: Callable[[Patience], Intercom]
    now: Callable[[], datetime]
    rest: Callable[[float], object]
    is_stopping: Callable[[], bool]
    told: Callable[[Tally], None] = lambda _: None
    lease: timedelta = LEASE


@dataclass(frozen=True, kw_only=True)
class Walked:
    """How it ended. `stopped` has its reason in `fault` (None when the process was told to end), and is gone on with
    by the next walk. `busy`: another process is at it. `resumed` says that an earlier walk was gone on with."""

    state: State
    tally: Tally = field(default_factory=Tally)
    resumed: bool = False
    fault: IntercomError | None = None
    calls: int = 0
    waited: timedelta = timedelta()


def reconcile_links(walk: Walk, is_wanted: Callable[[Run], bool] = lambda _: True) -> Walked:
    """Walk the links of one workspace, or go on with the walk that did not come to its end.

    `is_wanted` is asked under the claim, so that of several processes that come at once only one walks.
    Raises DatabaseUnavailable; the place is kept.
    """
    resumed = False
    with transaction(write=True) as connection:
        run = reconcile_runs.claim(connection, walk.workspace.id, lease=walk.lease)
        if run is None:
            return Walked(state="busy")
        if not is_wanted(run):
            reconcile_runs.release(connection, run)
            return Walked(state="not wanted", tally=run.tally)
        if run.finished_at is None:
            resumed = run.after != ""
        else:
            run = reconcile_runs.begin_anew(connection, run) or run
    return _Walking(walk, run).go(resumed=resumed)


class _Walking:
    """One process's part of a walk."""

    def __init__(self, walk: Walk, run: Run) -> None:
        self._walk = walk
        self._run = run
        self._renewed_at = walk.now()
        self._patience = Patience(walk.now, walk.rest, self._between)

    def go(self, *, resumed: bool) -> Walked:
        state: State = "stopped"
        fault: IntercomError | None = None
        try:
            self._all_batches()
            state = "finished"
        except IntercomError as error:
            fault = error
        except StoppedByUs:
            pass
        except LostClaim:
            state = "busy"
        finally:
            if state != "finished":
                self._release()
        walked = Walked(
            state=state,
            tally=self._run.tally,
            resumed=resumed,
            fault=fault,
            calls=self._patience.calls,
            waited=self._patience.waited,
        )
        _tell(self._walk.workspace.id, walked)
        return walked

    def _all_batches(self) -> None:
        walk = self._walk
        intercom = walk.open_intercom(self._patience)
        repairer = Repairer(walk.workspace, intercom, walk.channels, self._patience, walk.now)
        while True:
            self._between()
            with transaction() as connection:
                ids = linked_contacts.next_ids(connection, walk.workspace.id, self._run.after, BATCH)
            if not ids:
                self._finish()
                return
            self._keep(repairer, ids[-1], repairer.mend(ids))
            walk.told(self._run.tally)

    def _keep(self, repairer: Repairer, last_id: str, mended: Mended) -> None:
        """The batch's repairs and the place behind it, both or neither."""

        def keep(connection: Connection) -> Run:
            tally = repairer.record(connection, mended, self._run.tally)
            saved = reconcile_runs.save(connection, self._run, after=last_id, tally=tally, lease=self._walk.lease)
            return _ours(saved)

        self._run = self._written(keep)

    def _finish(self) -> None:
        self._run = self._written(lambda connection: _ours(reconcile_runs.finish(connection, self._run)))

    def _release(self) -> None:
        self._written(lambda connection: reconcile_runs.release(connection, self._run))

    def _between(self) -> None:
        """Before each call and while waiting: end when told to, keep the claim alive."""
        walk, run = self._walk, self._run
        if walk.is_stopping():
            raise StoppedByUs("the process is to end")
        if walk.now() - self._renewed_at < walk.lease / 3:
            return

        def renew(connection: Connection) -> Run:
            return _ours(reconcile_runs.save(connection, run, after=run.after, tally=run.tally, lease=walk.lease))

        self._run = self._written(renew)

    def _written(self, write: Callable[[Connection], Kept]) -> Kept:
        """`write` in a transaction. Raises DatabaseUnavailable, but not for a lock that is soon free again."""
        for left in reversed(range(_DATABASE_TRIES)):
            began = self._walk.now()
            try:
                with transaction(write=True) as connection:
                    written = write(connection)
            except DatabaseUnavailable as fault:
                if fault.begun or not left:
                    raise
                self._walk.rest(1.0)
            else:
                self._renewed_at = began
                return written
        raise AssertionError("unreachable")


def _ours(run: Run | None) -> Run:
    if run is None:
        raise LostClaim("another process walks this workspace now")
    return run


def _tell(workspace_id: str, walked: Walked) -> None:
    facts = {
        "workspace": workspace_id,
        "checked": walked.tally.checked,
        "repaired": walked.tally.repaired,
        "unresolved": {one.code: one.count for one in walked.tally.unresolved},
        "calls": walked.calls,
        "waited_s": round(walked.waited.total_seconds()),
    }
    if walked.state == "finished":
        _log.info("links walked", extra=facts)
    elif isinstance(walked.fault, Disconnected):
        _log.warning("links not walked to the end: the workspace is disconnected", extra=facts)
    elif walked.fault is not None:
        facts |= {"fault": type(walked.fault).__name__, "status": walked.fault.status, "code": walked.fault.code}
        _log.warning("links not walked to the end", extra=facts)
    else:
        _log.info("links not walked to the end", extra=facts)
