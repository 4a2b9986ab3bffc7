"""One crash test: providers, an Intercom full of trouble, and processes that die; then the verdict."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from app.sandbox.calls import Calls
from app.sandbox.server import create_sandbox, serve
from app.sandbox.store import empty_state
from app.sandbox.workspace import Workspace
from tests.crash.events import Events, Recoveries
from tests.crash.plan import Plan, Report
from tests.crash.processes import Installation, Web, Worker, free_port
from tests.crash.senders import SECRET, Gate, Telegram, written
from tests.crash.verdict import judge
from tests.sidebar_driver import ADMIN

_LOOK_EVERY_S = 0.25
_ROSA = {**ADMIN, "has_inbox_seat": True, "avatar": None}


class _CountedCalls(Calls):
    """Counts every call, where the sandbox keeps only the latest."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.troubles: Counter[str] = Counter()
        self._counting = threading.Lock()

    def add(self, call: dict[str, Any]) -> None:
        with self._counting:
            self.count += 1
            if "lost" in call["faults"]:
                self.troubles["lost answers"] += 1
            elif "status" in call["faults"]:
                self.troubles[f"{call['status']}s"] += 1
        super().add(call)


class CrashTest:
    """The whole scene. `run` takes minutes in the long form."""

    def __init__(self, plan: Plan, database_url: str, folder: Path) -> None:
        self.plan = plan
        self.url = database_url
        self.folder = folder
        self.chance = random.Random(plan.seed)
        self.workspace = Workspace(seed=lambda _now: {**empty_state(), "admins": [_ROSA]})
        self.calls = _CountedCalls()
        self.workspace.call_log = self.calls
        self.kills: Counter[str] = Counter()
        self.workers: list[Worker] = []
        self.gate = Gate(plan.kills)

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def run(self) -> Report:
        """Raises RuntimeError when Kinbox does not start."""
        with ExitStack() as stack:
            sandbox = serve(create_sandbox(self.workspace))
            stack.callback(sandbox.stop)
            installation, path = self._install(sandbox.url)
            events = Events(self.url)
            stack.callback(events.close)
            port = free_port()
            self.web = Web(installation, port)
            stack.callback(self._end_web)
            self.web.wait()
            stack.callback(self._end_workers)
            recoveries = stack.enter_context(Recoveries(events))
            stack.enter_context(self._trouble())
            return self._go(installation, f"{self.web.url}{path}", events, recoveries)

    def _install(self, intercom_url: str) -> tuple[Installation, str]:
        """A migrated database with the workspace and a Telegram bot. Answers the bot's webhook path too."""
        environment = {
            "DATABASE_URL": self.url,
            "INTERCOM_API_URL": intercom_url,
            "INTERCOM_CLIENT_SECRET": self.workspace.client_secret,
            "KINBOX_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "KINBOX_LOG_LEVEL": "WARNING",
            "KINBOX_SEARCH_LAG_S": str(self.plan.search_lag_s),
        }
        installation = Installation(environment, self.folder)
        installation.command("db", "upgrade")
        who = ("--id", self.workspace.app_id, "--region", "us", "--token", self.workspace.token)
        installation.command("workspaces", "add", *who)
        bot = ("--workspace", self.workspace.app_id, "--name", "Shop bot", "--address", "7712345678")
        secret = ("--set", f"secret_token={SECRET}", "--json")
        added = json.loads(installation.command("channels", "add", "telegram", *bot, *secret))
        return installation, str(added["webhook_path"])

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        """Everything that goes wrong in Intercom while the block lasts."""
        faults, stopping = self.workspace.faults, threading.Event()
        usual: list[dict[str, Any]] = [
            {"kind": "delay", "delay_s": self.plan.intercom_delay_s},
            {"kind": "status", "status": 500, "rate": 0.01},
            {"kind": "lost", "when": "after", "rate": 0.01},
        ]
        faults.set({"index_lag_s": self.plan.index_lag_s, "faults": usual})

        def burst() -> None:
            while not stopping.wait(self.plan.burst_every_s):
                faults.set({"faults": [{"kind": "status", "status": 429, "reset_s": 2.0}, *usual]})
                stopping.wait(self.plan.burst_s)
                faults.set({"faults": usual})

        thread = threading.Thread(target=burst, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()

    def _go(self, installation: Installation, webhook: str, events: Events, recoveries: Recoveries) -> Report:
        began_s = time.monotonic()
        until_s = began_s + self.plan.limit_s
        spread_s = self.plan.kill_every_s[1]
        telegram = Telegram(webhook, self.gate, until_s=until_s, spread_s=spread_s, seed=self.plan.seed)
        telegram.begin(written(self.plan.messages, self.plan.senders, int(time.time()) - 600))
        self._kill_and_start(installation, recoveries)
        while time.monotonic() < until_s and not (telegram.is_done and _is_worked(events.states())):
            time.sleep(_LOOK_EVERY_S)
        states = events.states()
        verdict = judge(
            self.workspace,
            telegram.acknowledged,
            dead=states.get("dead", 0),
            unfinished=states.get("waiting", 0) + states.get("part", 0),
        )
        codes = tuple(f"dead: {code}" for code in events.death_codes())
        unsent = self.plan.messages - sum(len(one) for one in telegram.acknowledged.values())
        return Report(
            found=verdict.found,
            acknowledged=self.plan.messages - unsent,
            duration_s=time.monotonic() - began_s,
            kills=self.kills,
            recoveries_s=(*recoveries.took_s, *recoveries.open_s),
            worked_again=events.worked_again(),
            posts=telegram.posts,
            troubles=self.calls.troubles,
            calls=self.calls.count,
            details=(*verdict.details, *codes, *((f"never acknowledged: {unsent}",) if unsent else ())),
        )

    def _kill_and_start(self, installation: Installation, recoveries: Recoveries) -> None:
        """The first worker dies for good; on SQLite another one takes its place, on PostgreSQL two others run on."""
        waits = (self.plan.lease_s, self.plan.settles_within_s)
        doomed = Worker(installation, waits)
        self.workers = [doomed]
        running = 1 if self.is_sqlite else 2
        if not self.is_sqlite:
            self.workers += [Worker(installation, waits) for _ in range(running)]
        for number in range(self.plan.kills):
            time.sleep(self.chance.uniform(*self.plan.kill_every_s))
            if number == 0:
                self._kill_worker(doomed, recoveries, "worker that never came back")
            elif self.chance.random() < 0.5:
                self._kill_worker(self.chance.choice(self.workers), recoveries, "worker")
            else:
                self._kill_web(installation)
            time.sleep(self.chance.random() * self.plan.down_s)
            while len(self.workers) < running:
                self.workers.append(Worker(installation, waits))
            self.gate.pass_round()

    def _kill_worker(self, worker: Worker, recoveries: Recoveries, what: str) -> None:
        worker.kill()
        recoveries.dies(worker.name, time.monotonic())
        self.workers.remove(worker)
        self.kills[what] += 1

    def _kill_web(self, installation: Installation) -> None:
        if self.chance.random() < 0.5 and self.web.kill_one():
            self.kills["one web process"] += 1
            return
        self.web.kill()
        self.kills["whole web"] += 1
        time.sleep(self.chance.random() * self.plan.down_s)
        self.web = Web(installation, int(self.web.url.rpartition(":")[2]))

    def _end_web(self) -> None:
        self.web.kill()

    def _end_workers(self) -> None:
        for worker in self.workers:
            worker.kill()


def _is_worked(states: Mapping[str, int]) -> bool:
    return states.get("waiting", 0) + states.get("part", 0) == 0
