"""The engine on PostgreSQL: Procrastinate hands out tickets for lanes; a ticket works its lane until that is empty.

Procrastinate brings waking up (LISTEN/NOTIFY), one ticket of a lane at a time (its lock), heartbeats and waiting for a
time. The order of a lane and the proof of who has an event lie in the inbox's rows, so whatever becomes of a ticket, no
event is lost, doubled or out of order.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import psycopg
from flask import Flask
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from sqlalchemy.engine import make_url

from app.storage import inbox
from app.storage.database import transaction
from app.storage.inbox_leases import Later
from app.storage.inbox_schedule import QUEUE, TASK, lock_lanes, schedule
from app.worker.base import Performer, Work
from app.worker.hold import LEASE_S
from app.worker.housekeeping import ROUND_S, Housekeeper
from app.worker.outage import why_idle

THREADS = 8
TURN_S = 10.0
"""A ticket works its lane no longer than this while others wait."""
_POLL_S = 2.0
"""How often tickets are looked for whose time has come; new ones announce themselves."""
_AFTER_FAULT = timedelta(seconds=5)
_LONGEST_PAUSE_S = 15.0
_CONNECT_S = 5

_log = logging.getLogger("kinbox.worker")


class _NotYet(Exception):
    """This lane can go on at `at`."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at


class _Again(BaseRetryStrategy):
    """No ticket ever fails: what raised is tried again."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:  # noqa: ARG002
        at = exception.at if isinstance(exception, _NotYet) else datetime.now(UTC) + _AFTER_FAULT
        return RetryDecision(retry_at=at)


class PostgresWorker:
    """Works the inbox with up to `threads` lanes at a time. One object runs once.

    A process that is silent for `lease_s` loses its tickets and its events.
    """

    def __init__(
        self,
        app: Flask,
        work: Work,
        *,
        url: str,
        threads: int = THREADS,
        lease_s: float = LEASE_S,
        round_s: float = ROUND_S,
    ) -> None:
        # Its lines hold locks and arguments; what matters of them is told here.
        logging.getLogger("procrastinate").setLevel(max(logging.WARNING, logging.getLogger().level))
        self._app = app
        self._conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._threads = threads
        self._lease_s = lease_s
        self._performer = Performer(app, work, lease_s=lease_s)
        self._housekeeper = Housekeeper(app, round_s=round_s)
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken: asyncio.Event | None = None

    def run(self) -> None:
        """Work until `stop` is called and everything begun has ended. Survives restarts of PostgreSQL."""
        self._performer.keeper.start()
        self._housekeeper.start()
        try:
            asyncio.run(self._serve())
        finally:
            self._loop = None
            self._housekeeper.stop()
            self._performer.keeper.stop()

    def stop(self) -> None:
        self._stopping.set()
        loop, woken = self._loop, self._woken
        if loop is not None and woken is not None:
            with suppress(RuntimeError):  # it has just ended by itself
                loop.call_soon_threadsafe(woken.set)

    async def _serve(self) -> None:
        """Procrastinate's worker ends when PostgreSQL goes away, so it is started again and again."""
        self._loop, self._woken = asyncio.get_running_loop(), asyncio.Event()
        # Its tasks run on the loop's own threads, of which there would be too few.
        self._loop.set_default_executor(ThreadPoolExecutor(self._threads + 2, thread_name_prefix="worker"))
        pause_s = 0.5
        while not self._stopping.is_set():
            began_s = time.monotonic()
            try:
                await self._work_while_connected()
            except (ConnectorException, psycopg.Error, OSError) as fault:
                _log.warning(await asyncio.to_thread(why_idle, self._app), exc_info=fault)
            pause_s = 0.5 if time.monotonic() - began_s > _LONGEST_PAUSE_S else min(_LONGEST_PAUSE_S, pause_s * 2)
            await self._pause(pause_s)

    async def _work_while_connected(self) -> None:
        tickets = self._tickets()
        async with tickets.open_async():
            working = asyncio.create_task(
                tickets.run_worker_async(
                    queues=[QUEUE],
                    concurrency=self._threads,
                    fetch_job_polling_interval=_POLL_S,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    update_heartbeat_interval=self._lease_s / 3,
                    stalled_worker_timeout=self._lease_s,
                )
            )
            taking_back = asyncio.create_task(self._take_back(tickets))
            stopping = asyncio.create_task(self._woken_up())
            try:
                await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (stopping, taking_back, working):
                    task.cancel()
                ended = await asyncio.gather(working, taking_back, stopping, return_exceptions=True)
        for fault in ended:
            if isinstance(fault, Exception):
                raise fault

    def _tickets(self) -> App:
        connector = PsycopgConnector(
            conninfo=self._conninfo,
            kwargs={"connect_timeout": _CONNECT_S},
            min_size=1,
            max_size=4,
            timeout=_CONNECT_S * 2,
        )
        tickets = App(connector=connector)
        tickets.task(name=TASK, queue=QUEUE, retry=_Again())(self._work_ticket)
        return tickets

    def _work_ticket(self, event_id: int) -> None:
        """Work the lane of this event, whichever of its events are waiting."""
        with self._app.app_context():
            with transaction() as connection:
                event = inbox.get(connection, event_id)
            if event is None:
                return
            ends_s = time.monotonic() + TURN_S
            while not self._stopping.is_set() and time.monotonic() < ends_s:
                worked = self._performer.work_lane(event.lane)
                if isinstance(worked, Later):
                    raise _NotYet(worked.at)
                if not worked:
                    return
            with transaction(write=True) as connection:
                lock_lanes(connection, [event.lane])
                schedule(connection, [event_id])

    async def _take_back(self, tickets: App) -> None:
        """Tickets of workers that fell silent go back; whoever takes them waits for the events' leases."""
        while True:
            await asyncio.sleep(self._lease_s / 3)
            try:
                stalled = await tickets.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=self._lease_s)
                for job in stalled:
                    with suppress(ConnectorException):  # another worker took it back already
                        await tickets.job_manager.retry_job(job)
            except ConnectorException:
                _log.warning("stalled work not looked for: PostgreSQL does not answer")

    async def _woken_up(self) -> None:
        if self._woken is not None and not self._stopping.is_set():
            await self._woken.wait()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken_up(), seconds)
