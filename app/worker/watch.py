"""A thread beside the events that goes round the workspaces. None of them can hold up the others."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence

from flask import Flask
from sqlalchemy import Connection

from app.services import Services, services
from app.storage.database import transaction

LOOK_EVERY_S = 60.0
"""Also how long after its start a worker looks first: what waits in the inbox comes first."""

_log = logging.getLogger("kinbox.worker")


class WorkspaceWatch(ABC):
    """Visits every workspace each `look_every_s`. Several processes may do it; none harms another."""

    name = ""
    """Of the thread, and in the log."""
    try_again_s = 300.0
    """For how long a workspace that made trouble is left alone."""

    def __init__(self, app: Flask, *, look_every_s: float | None = None) -> None:
        self.stopping = threading.Event()
        self._app = app
        self._look_every_s = LOOK_EVERY_S if look_every_s is None else look_every_s
        self._not_before_s: dict[str, float] = {}
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns once what was begun has ended, or has been left at a place that is kept."""
        self.stopping.set()
        self._thread.join()

    def look(self) -> None:
        """Visit those whom it concerns once, but for those that are left alone."""
        objects = services()
        with transaction() as connection:
            ids = self.whom(connection, objects.workspaces.ids(connection))
        for workspace_id in ids:
            if self.stopping.is_set():
                return
            if time.monotonic() >= self._not_before_s.get(workspace_id, 0.0):
                self._try(objects, workspace_id)

    def whom(self, connection: Connection, workspace_ids: Sequence[str]) -> Sequence[str]:  # noqa: ARG002
        """Whom to visit, in this order: a visit may take long."""
        return workspace_ids

    @abstractmethod
    def visit(self, objects: Services, workspace_id: str) -> None:
        """What is to be done for this workspace; whatever it raises is trouble of this workspace alone."""

    def leave_alone(self, workspace_id: str) -> None:
        """Do not visit it again for `try_again_s`."""
        self._not_before_s[workspace_id] = time.monotonic() + self.try_again_s

    def _try(self, objects: Services, workspace_id: str) -> None:
        try:
            self.visit(objects, workspace_id)
        except Exception:  # noqa: BLE001 - a token that no key opens must not keep the others waiting
            self.leave_alone(workspace_id)
            _log.exception("%s failed; it is tried again", self.name, extra={"workspace": workspace_id})

    def _run(self) -> None:
        while not self.stopping.wait(self._look_every_s):
            try:
                with self._app.app_context():
                    self.look()
            except Exception:  # noqa: BLE001 - the thread must live on
                _log.exception("%s failed; it goes on", self.name)
