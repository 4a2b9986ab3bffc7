"""Apps served by gunicorn as in production, each in processes of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
KINBOX = "wsgi:app"
BASELINE = "tests.bench.baseline:app"
_OURS = ("INTERCOM_", "KINBOX_", "PROMETHEUS_", "GUNICORN_")
_START_S = 60


class Gunicorn:
    """A served app: starting when it is made, taking requests after `wait`, gone after the `with` block."""

    def __init__(self, app: str, environment: Mapping[str, str], log: Path, *, workers: int) -> None:
        self._log = log
        self._workers = workers
        command = [sys.executable, "-m", "gunicorn", app, "--config", "python:tests.bench.gunicorn_settings"]
        with log.open("w") as stderr:
            self._process = subprocess.Popen(
                [*command, "--workers", str(workers)],
                cwd=ROOT,
                env=clean_environment(environment),
                stderr=stderr,
                start_new_session=True,
            )
        self.port = 0
        self.pids: list[int] = []

    def wait(self) -> None:
        """Until every worker takes requests. Raises RuntimeError when the app does not start."""
        until_s = time.monotonic() + _START_S
        while len(self.pids) < self._workers:
            said = self._log.read_text()
            if self._process.poll() is not None or time.monotonic() > until_s:
                raise RuntimeError(f"gunicorn did not start:\n{said[-2000:]}")
            self.pids = [int(pid) for pid in re.findall(r"Worker ready: (\d+)", said)]
            time.sleep(0.02)
        [self.port] = [int(port) for port in re.findall(r"Listening at: http://127\.0\.0\.1:(\d+)", said)]

    @property
    def memory_bytes(self) -> int | None:
        """Resident memory of the workers; None on a machine that does not tell it in /proc."""
        pages = [_proc(pid, "statm") for pid in self.pids]
        return None if None in pages else sum(int(one.split()[1]) for one in pages if one) * os.sysconf("SC_PAGE_SIZE")

    @property
    def cpu_s(self) -> float | None:
        """Processor time that the workers have used; None on a machine that does not tell it in /proc."""
        return cpu_s_of(self.pids)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _proc(pid: int, name: str) -> str | None:
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return None


def clean_environment(given: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with nothing of Kinbox's but what is given."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | dict(given)


def cpu_s_of(pids: Sequence[int]) -> float | None:
    """Processor time that these processes have used; None on a machine that does not tell it in /proc."""
    stats = [_proc(pid, "stat") for pid in pids]
    if None in stats:
        return None
    ticks = [one.rpartition(")")[2].split()[11:13] for one in stats if one]
    return sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")


def idle_s() -> float:
    """Seconds since its start in which the machine had nothing to do, the mean of its cores; 0 without /proc."""
    try:
        total = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    except OSError:
        return 0.0
    return (int(total[4]) + int(total[5])) / os.sysconf("SC_CLK_TCK") / (os.cpu_count() or 1)
