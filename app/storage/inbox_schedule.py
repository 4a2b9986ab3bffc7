"""Let the workers know that a lane has work.

SQLite: the waiting row is all there is; workers in this process are woken, others look from time to time.

PostgreSQL: a *ticket* for the lane, a job of Procrastinate's, deferred in the transaction of the caller. A ticket works
whatever is at the head of its lane until the lane is empty, so one that waits is enough for all events of the lane, and
no ticket carries the order: the rows do. Two tickets of a lane never run at once, for they share a lock.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from weakref import WeakSet

from sqlalchemy import Connection, event, text

QUEUE = "kinbox"
TASK = "kinbox.work_lane"
_LANES_KEY = 7_041_776_254
_LOCK_WAIT_MS = 10_000

_LOCK_LANES = text(
    f"""
    SELECT set_config('lock_timeout', '{_LOCK_WAIT_MS}', true)
    UNION ALL
    SELECT pg_advisory_xact_lock(key)::text
    FROM (
        SELECT DISTINCT hashtextextended(lane, {_LANES_KEY}) AS key
        FROM unnest(CAST(:lanes AS text[])) AS lane ORDER BY 1
    ) AS keys
    """  # noqa: S608 - our own numbers
)
# The lock's name is a digest, because a lane may hold a phone number and Procrastinate logs locks.
# A stale ticket was put off by a worker that had not yet seen its lane's wait cut short: it would hide what comes now.
_DEFER = text(
    """
    WITH lanes AS (
        SELECT min(id) AS id, lane, encode(sha256(convert_to(lane, 'UTF8')), 'hex') AS lock
        FROM inbound_event WHERE id = ANY(CAST(:ids AS bigint[])) GROUP BY lane
    ), stale AS (
        DELETE FROM procrastinate_jobs AS job USING lanes
        WHERE job.lock = lanes.lock AND job.status = 'todo' AND job.scheduled_at > now() AND job.scheduled_at > (
            SELECT greatest((array_agg(next_try_at ORDER BY event.id))[1], max(leased_until)) + INTERVAL '10 seconds'
            FROM inbound_event AS event WHERE event.lane = lanes.lane AND state = 'waiting'
        )
        RETURNING job.id
    )
    SELECT procrastinate_defer_jobs_v1(array_agg(
        ROW(
            CAST(:queue AS text), CAST(:task AS text), CAST(:priority AS integer), lock, NULL,
            jsonb_build_object('event_id', id), CAST(:at AS timestamptz)
        )::procrastinate_job_to_defer_v1
        ORDER BY id
    ))
    FROM lanes
    WHERE CAST(:priority AS integer) > 0 OR NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs AS job
        WHERE job.lock = lanes.lock AND job.status = 'todo' AND job.id NOT IN (SELECT id FROM stale)
    )
    HAVING count(*) > 0
    """
)
_UNTICKETED = text(
    """
    SELECT min(id) FROM inbound_event AS event
    WHERE state = 'waiting'
    GROUP BY lane
    HAVING greatest((array_agg(next_try_at ORDER BY id))[1], max(leased_until)) < CAST(:before AS timestamptz)
    AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs AS job
        WHERE job.lock = encode(sha256(convert_to(event.lane, 'UTF8')), 'hex')
        AND (job.status = 'doing' OR job.status = 'todo' AND coalesce(job.scheduled_at <= now(), true))
    )
    """
)
_UNSCHEDULE = text(
    """
    DELETE FROM procrastinate_jobs WHERE status = 'todo' AND lock IN (
        SELECT encode(sha256(convert_to(lane, 'UTF8')), 'hex') FROM unnest(CAST(:lanes AS text[])) AS lane
    )
    """
)
_REPLACE = text(
    """
    DELETE FROM procrastinate_jobs WHERE status = 'todo' AND lock IN (
        SELECT encode(sha256(convert_to(lane, 'UTF8')), 'hex') FROM inbound_event
        WHERE id = ANY(CAST(:ids AS bigint[]))
    )
    """
)

bells: WeakSet[threading.Event] = WeakSet()
"""Set after each commit of new work in this process (a little early: the commit is then under way)."""
_bells_lock = threading.Lock()


def new_bell() -> threading.Event:
    """An event that is set whenever this process stores work. It may be set for nothing."""
    bell = threading.Event()
    with _bells_lock:
        bells.add(bell)
    return bell


def lock_lanes(connection: Connection, lanes: Sequence[str]) -> None:
    """Be the only transaction that stores into or takes from these lanes. SQLite has one writer anyway.

    Raises SQLAlchemy's OperationalError when it takes too long, which `transaction` turns into DatabaseUnavailable.
    """
    if lanes and connection.dialect.name == "postgresql":
        connection.execute(_LOCK_LANES, {"lanes": list(lanes)})


def schedule(connection: Connection, ids: Sequence[int], *, urgent: bool = False, at: datetime | None = None) -> None:
    """Let the lanes of these events be worked, from `at` on, once this transaction is committed.

    The caller holds the lanes' lock: so a ticket that still waits will see what is stored now. An urgent ticket takes
    the place of one that waits for a time: left there, that would hide the lane's later events until then.
    """
    if not ids:
        return
    if connection.dialect.name == "postgresql":
        if urgent:
            connection.execute(_REPLACE, {"ids": list(ids)})
        facts = {"queue": QUEUE, "task": TASK, "priority": int(urgent), "at": at, "ids": list(ids)}
        connection.execute(_DEFER, facts)
    else:
        event.listen(connection, "commit", _ring, once=True)


def unschedule(connection: Connection, lanes: Sequence[str]) -> None:
    """Take back the tickets of lanes that were emptied: one that still waits would hide the lane's next event.

    The caller holds the lanes' lock.
    """
    if lanes and connection.dialect.name == "postgresql":
        connection.execute(_UNSCHEDULE, {"lanes": list(lanes)})


def schedule_forgotten(connection: Connection, before: datetime) -> int:
    """Give tickets to lanes that could have been worked by then and have none in time. Answers how many they were.

    It mends what an operator or a worker that woke up late did to the tickets. SQLite has none.
    """
    if connection.dialect.name != "postgresql":
        return 0
    ids = connection.execute(_UNTICKETED, {"before": before}).scalars().all()
    schedule(connection, ids)
    return len(ids)


def _ring(_connection: Connection) -> None:
    with _bells_lock:
        ringing = list(bells)
    for bell in ringing:
        bell.set()
