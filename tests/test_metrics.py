"""Metrics that several processes share, in a folder that goes away while they run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from app.settings import ROOT

RUN = """
import os, shutil
from app import create_app
from app.intercom.transport import Transport
app = create_app()
shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"])
client = app.test_client()
print([client.get("/health/live").status_code for _ in range(3)])
Transport.on_call("GET", "/me", 200, 0.1)
told = client.get("/metrics")
print(told.status_code, told.text)
"""


def test_a_folder_that_is_gone_breaks_nothing_and_is_told_once(environment: dict[str, str], tmp_path: Path) -> None:
    """In a process of its own, for the library decides how it counts when it is imported."""
    folder = tmp_path / "metrics"
    folder.mkdir()
    ended = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=ROOT,
        env=os.environ | environment | {"PROMETHEUS_MULTIPROC_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    answers, scraped = ended.stdout.strip().splitlines()
    assert answers == "[200, 200, 200]"
    assert scraped.startswith("503 The metrics cannot be read. Check the folder in PROMETHEUS_MULTIPROC_DIR")
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [line["level"] for line in lines if line["logger"] == "kinbox.metrics"] == ["WARNING"]
    assert len([line for line in lines if line["logger"] == "kinbox.access"]) == 4
