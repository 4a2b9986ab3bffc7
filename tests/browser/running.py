"""What a newcomer starts with `make run`, as a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parents[2]
PATIENCE_MS = 30_000
"""How long a page may take on a machine that is busy with other tests."""
START_LIMIT_S = 60
CALL_LIMIT_S = 30
END_LIMIT_S = 60


class Running:
    """`make run`'s command on a free port, with a folder of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.options = options
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "app.sandbox", "--port", str(self.port), "--folder", str(self.folder)]
        command += self.options
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        until = time.monotonic() + START_LIMIT_S
        while time.monotonic() < until:
            assert process.poll() is None, "it ended by itself"
            try:
                if requests.get(f"{self.url}/health/ready", timeout=1).status_code == 200:
                    return process
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError(f"not ready after {START_LIMIT_S} s")

    def restart(self) -> None:
        self.process.kill()
        self.process.wait(END_LIMIT_S)
        self.process = self._start()

    def stop(self) -> int:
        self.process.terminate()
        try:
            return self.process.wait(END_LIMIT_S)
        finally:
            self.process.kill()
            self.process.wait(END_LIMIT_S)

    def get(self, path: str, **query: str) -> Any:
        """The JSON of the workbench's API."""
        return self._json(requests.get(f"{self.url}/workbench/api{path}", query, timeout=CALL_LIMIT_S))

    def post(self, path: str, **body: Any) -> Any:
        return self._json(requests.post(f"{self.url}/workbench/api{path}", json=body, timeout=CALL_LIMIT_S))

    def _json(self, response: requests.Response) -> Any:
        assert response.status_code == 200, response.text
        return response.json()
