"""How fast messages come in and go through: webhooks a second, messages a second, calls to Intercom a message."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from app.services import services
from app.storage.database import transaction
from app.storage.lanes import lane_name
from app.worker import postgres, sqlite
from app.worker.base import Performer
from app.worker.bridge import bridge
from tests.bench.intercom import ANSWER_S, StandIn
from tests.bench.load import Result, run_load
from tests.bench.servers import KINBOX, ROOT, Gunicorn, clean_environment, cpu_s_of, idle_s
from tests.bench.shop import Shop, sender_id

PEOPLE = 200
WEB_WORKERS = 2
LOADED_S = 2.0
HALF_S = 3.0
WORKED_S = 4.0
BACKLOG = 15
"""Messages of each of PEOPLE that wait: more than two workers can do meanwhile."""
_START_S = 30.0


@dataclass(frozen=True)
class Webhooks:
    """`highest` is as fast as it goes, `half` at half of that rate. `cpu_ms` is what a call cost gunicorn's workers."""

    highest: Result
    half: Result
    cpu_ms: float


def webhooks(shop: Shop, folder: Path) -> Webhooks:
    """Post new messages of PEOPLE to gunicorn as they would come from a provider."""
    environment = shop.environment
    with Gunicorn(KINBOX, environment, folder / "webhooks.log", workers=WEB_WORKERS) as server:
        server.wait()
        before_s = server.cpu_s or 0.0
        highest = run_load(server.port, shop.request(), warm_up_s=0.8, seconds=LOADED_S, people=PEOPLE)
        cpu_ms = ((server.cpu_s or 0.0) - before_s) / highest.requests_with_warm_up * 1000
        rate = highest.per_second / 2
        half = run_load(server.port, shop.request(), warm_up_s=0.5, seconds=HALF_S, people=PEOPLE, per_second=rate)
    with shop.kinbox():
        forget_events()
    return Webhooks(highest, half, cpu_ms)


def forget_events() -> None:
    """Empty the current app's inbox."""
    with transaction(write=True) as connection:
        connection.execute(text("DELETE FROM inbound_event"))
        if connection.dialect.name == "postgresql":
            connection.execute(text("DELETE FROM procrastinate_jobs"))


@dataclass(frozen=True, kw_only=True)
class Throughput:
    """Known senders' messages that one or more workers posted. `cores` were busy in them, `machine` is a share."""

    per_second: float
    ideal: float
    cores: float
    machine: float

    @property
    def ratio(self) -> float:
        return self.per_second / self.ideal

    @property
    def cpu_ms(self) -> float:
        """What a message cost the workers."""
        return self.cores / self.per_second * 1000


def throughput(shop: Shop, intercom: StandIn, folder: Path, *, workers: int) -> Throughput:
    """Let workers loose on a backlog. Raises RuntimeError when it does not last."""
    with shop.kinbox():
        forget_events()
        shop.know(range(PEOPLE))
        shop.store(range(PEOPLE), BACKLOG)
        with _workers(shop, folder, workers) as pids:
            _wait_for(workers)
            began_s, before, cpu_before_s, idle_before_s = _read(intercom, pids)
            time.sleep(WORKED_S)
            ended_s, after, cpu_after_s, idle_after_s = _read(intercom, pids)
        with transaction() as connection:
            left = connection.execute(text("SELECT count(*) FROM inbound_event WHERE state = 'waiting'")).scalar_one()
        forget_events()
    if not left:
        raise RuntimeError("the workers were done before the end of the measurement")
    seconds = ended_s - began_s
    threads = sqlite.THREADS if shop.url.startswith("sqlite") else postgres.THREADS
    return Throughput(
        per_second=(after - before) / seconds,
        ideal=workers * threads / ANSWER_S,
        cores=(cpu_after_s - cpu_before_s) / seconds,
        machine=1 - (idle_after_s - idle_before_s) / seconds,
    )


def _read(intercom: StandIn, pids: list[int]) -> tuple[float, int, float, float]:
    replies = intercom.counts()["POST /conversations/ID/reply"]
    return time.monotonic(), replies, cpu_s_of(pids) or 0.0, idle_s()


def _wait_for(workers: int) -> None:
    """Until each of them has had an event."""
    until_s = time.monotonic() + _START_S
    seen: set[str] = set()
    while len(seen) < workers:
        if time.monotonic() > until_s:
            raise RuntimeError("the workers did not start")
        with transaction() as connection:
            rows = connection.execute(text("SELECT DISTINCT worker FROM inbound_event WHERE worker IS NOT NULL"))
            seen |= set(rows.scalars())
        time.sleep(0.02)


@contextmanager
def _workers(shop: Shop, folder: Path, count: int) -> Iterator[list[int]]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    with ExitStack() as running:
        log = running.enter_context((folder / "workers.log").open("ab"))
        environment = clean_environment(shop.environment)
        started = [subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log) for _ in range(count)]
        try:
            yield [one.pid for one in started]
        finally:
            for one in started:
                one.kill()
                one.wait()


@dataclass(frozen=True)
class Calls:
    """What one message asked of Intercom."""

    title: str
    target: int
    made: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.made.values())


def calls(shop: Shop, intercom: StandIn) -> list[Calls]:
    """One message of each kind, worked off here."""
    known, new = range(1), range(PEOPLE + 1, PEOPLE + 2)
    new_with_photo = range(PEOPLE + 2, PEOPLE + 3)
    with shop.kinbox() as kinbox:
        forget_events()
        shop.know(known)
        performer = Performer(kinbox, bridge(services()))

        def work(title: str, target: int, people: range, *, with_photo: bool = False) -> Calls:
            shop.store(people, 1, with_photo=with_photo)
            before = intercom.counts()
            performer.work_lane(lane_name(shop.account_id, sender_id(people[0])))
            made = intercom.counts() - before
            del made["Telegram"]
            return Calls(title, target, dict(made))

        return [
            work("known, conversation open", 1, known),
            work("known, with a photo", 1, known, with_photo=True),
            work("new, with 2 for the tag", 3 + 2, new),
            work("new with a photo, with 2 for the tag", 3 + 2 + 1, new_with_photo, with_photo=True),
        ]
