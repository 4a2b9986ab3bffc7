"""The walk over the links with everything that it needs of this app, for the worker at night and for operators."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from app.channels.registry import adapters
from app.domain.reconciling import Tally
from app.domain.workspace import Workspace
from app.services import Services
from app.storage import reconcile_runs
from app.storage.database import transaction
from app.storage.reconcile_runs import Run
from app.usecases.connection import note_accepted_token
from app.usecases.reconcile_links import Walk, Walked, reconcile_links

_LOOK_AGAIN_S = 0.25


def walk_links(
    objects: Services,
    workspace: Workspace,
    stopping: threading.Event,
    *,
    is_wanted: Callable[[Run], bool] = lambda _: True,
    told: Callable[[Tally], None] = lambda _: None,
) -> Walked:
    """Walk the workspace's links to the end, or until `stopping`. In the app's context. Raises DatabaseUnavailable."""
    walk = Walk(
        workspace=workspace,
        channels={slug: adapter.channel() for slug, adapter in adapters().items()},
        open_intercom=lambda patience: objects.intercom(workspace, pace=patience),
        now=lambda: datetime.now(UTC),
        rest=stopping.wait,
        is_stopping=stopping.is_set,
        told=told,
    )
    walked = reconcile_links(walk, is_wanted)
    if walked.state == "finished" and walked.calls:
        note_accepted_token(objects.workspaces, workspace)
    return walked


def wait_for_claim(workspace_id: str, stopping: threading.Event, longest_s: float) -> bool:
    """Whether the walk that somebody else has becomes free: True once they are found dead, False while they live.

    A process that walks renews its claim every few seconds; the claim of one that was killed ends as it stood.
    """
    ends_s = time.monotonic() + longest_s
    first = _claimed_until(workspace_id)
    while not stopping.wait(_LOOK_AGAIN_S):
        now = _claimed_until(workspace_id)
        if now is None or now <= datetime.now(UTC):
            return True
        if now != first or time.monotonic() > ends_s:
            return False
    return False


def _claimed_until(workspace_id: str) -> datetime | None:
    with transaction() as connection:
        run = reconcile_runs.get(connection, workspace_id)
    return None if run is None else run.claimed_until
