"""Kinbox as in production, each part in processes of its own, killed without warning and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]
_OURS = ("INTERCOM_", "KINBOX_", "PROMETHEUS_", "GUNICORN_")
_START_S = 60.0


class Installation:
    """One Kinbox: its environment, and the folder that its processes log to."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        self.environment = {**kept, **environment}
        self.folder = folder

    def command(self, *arguments: str) -> str:
        """An operator's command, to its end. Answers what it printed."""
        whole = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        done = subprocess.run(whole, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True)
        return done.stdout

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


class Killable:
    """Processes of one group."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        """The whole group, at once and without warning."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Web(Killable):
    """gunicorn with two workers, on the port that it always has."""

    def __init__(self, installation: Installation, port: int) -> None:
        options = ("--workers", "2", "--threads", "4", "--log-level", "warning")
        arguments = ("-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", *options)
        super().__init__(installation.start("web", *arguments))
        self.url = f"http://127.0.0.1:{port}"

    def wait(self) -> None:
        """Until it answers."""
        until_s = time.monotonic() + _START_S
        while time.monotonic() < until_s:
            try:
                if requests.get(f"{self.url}/health/ready", timeout=5).ok:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.1)
        raise RuntimeError("gunicorn did not start")

    def kill_one(self) -> bool:
        """One of its two workers, which gunicorn replaces; False while there is none."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        pids = children.read_text().split() if children.exists() else []
        if not pids:
            return False
        os.kill(int(pids[0]), signal.SIGKILL)
        return True


class Worker(Killable):
    """`flask worker`, or the same worker with other waits than the product's own."""

    def __init__(self, installation: Installation, waits: tuple[float | None, float | None]) -> None:
        arguments: tuple[str, ...] = ("-m", "flask", "--app", "wsgi", "worker")
        if any(wait is not None for wait in waits):
            arguments = ("-m", "tests.crash.worker_process", *(str(wait or 0) for wait in waits))
        super().__init__(installation.start("worker", *arguments))

    @property
    def name(self) -> str:
        """As the inbox names it."""
        return f"{socket.gethostname()}:{self.pid}"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
