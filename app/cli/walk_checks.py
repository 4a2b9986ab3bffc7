"""What `doctor` says of the walk over a workspace's links."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.domain.findings import Finding
from app.storage import reconcile_runs
from app.storage.database import transaction

LATE_AFTER = timedelta(days=3)
"""A night may be missed; after so many something is wrong."""


def check_walk(workspace_id: str, now: datetime) -> Iterator[Finding]:
    """Whether the links were walked lately, and whether anything is left to do. Nothing before the first walk."""
    with transaction() as connection:
        run = reconcile_runs.get(connection, workspace_id)
    if run is None:
        return
    by_hand = f"`flask --app wsgi reconcile --workspace {workspace_id}`"
    if (run.finished_at or run.started_at) < now - LATE_AFTER:
        yield Finding(
            "warn",
            f"The links were last walked to their end before {now - LATE_AFTER:%Y-%m-%d}.",
            f"Keep `flask --app wsgi worker` running also at night, or run {by_hand} yourself.",
        )
    if run.tally.left:
        contacts = "1 contact" if run.tally.left == 1 else f"{run.tally.left:,} contacts"
        yield Finding(
            "warn",
            f"The last walk over the links could not put {contacts} right.",
            f"{by_hand} looks again, names them and says what to do.",
        )
    elif run.finished_at is not None:
        yield Finding("ok", f"The links were walked on {run.finished_at:%Y-%m-%d %H:%M} UTC, and all are right.")
