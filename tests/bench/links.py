"""The walk over a hundred thousand links: how long it takes, how it keeps within the rate limit, what a kill costs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from app.storage.database import transaction
from tests.bench.known_sender import add_people, forget_people
from tests.bench.links_intercom import LIMIT, WINDOW_S, LinksIntercom, expected, links_intercom
from tests.bench.printed import figure, title
from tests.bench.servers import ROOT, clean_environment
from tests.bench.shop import Shop, shops

LINKS = 100_000
KILLED_AFTER = 40_000
MOST_REPEATED = 5
"""The batch in hand: a search, the reads of one merged contact and its survivor, a read and a write of one that lost
its attributes."""
_LONGEST_S = 300.0


@dataclass(frozen=True, kw_only=True)
class Measured:
    """`before_s` until the kill, `claim_s` from the next start until the dead process's claim is over, `after_s` until
    the end."""

    before_s: float
    after_s: float
    claim_s: float
    calls: int
    repeated: int
    refused: int
    most_in_a_window: int

    @property
    def walked_s(self) -> float:
        return self.before_s + self.after_s - self.claim_s


def show_links(folder: Path) -> None:
    """Print everything about the walk, on PostgreSQL where a server answers; takes a minute and a half."""
    title(f"Reconcile of {LINKS:,} links by command, killed with -9 after {KILLED_AFTER:,} and started again")
    allowed = LIMIT / WINDOW_S
    with links_intercom() as intercom, shops(intercom.url, folder) as opened:
        name, shop = list(opened.items())[-1]
        done = measure(shop, intercom)
    rate = done.calls / done.walked_s
    took = f"{done.walked_s:.0f} s at work, {done.calls:,} calls; {done.claim_s:.0f} s until the dead one's claim ended"
    figure(f"took, {name}", took)
    figure("calls a second", f"{rate:.0f} of {allowed:.0f}", "at most half", rate <= allowed / 2)
    most = f"{done.most_in_a_window:,} of {LIMIT:,}, {done.refused} refused"
    figure(f"most calls in {WINDOW_S} s", most, "at most half", done.most_in_a_window <= LIMIT / 2)
    is_little = done.repeated <= MOST_REPEATED
    figure("repeated after the kill", f"{done.repeated} calls", f"at most {MOST_REPEATED}", is_little)


def measure(shop: Shop, intercom: LinksIntercom) -> Measured:
    """Raises RuntimeError when the walk does not end as it should."""
    with shop.kinbox():
        forget_people()
        add_people(shop, 0, LINKS)
        with transaction(write=True) as connection:
            connection.execute(text("DELETE FROM reconcile_run"))
        intercom.forget()
        began_s = time.monotonic()
        first = _start(shop)
        _wait_for(KILLED_AFTER, first)
        first.send_signal(signal.SIGKILL)
        first.communicate()
        before = _checked()
        killed_s = time.monotonic()
        second = _start(shop)
        _wait_for(before + 1, second)
        claimed_s = time.monotonic()
        said, _ = second.communicate(timeout=_LONGEST_S)
        ended_s = time.monotonic()
    _require_all_repaired(said)
    counts = intercom.counts()
    return Measured(
        before_s=killed_s - began_s,
        after_s=ended_s - killed_s,
        claim_s=claimed_s - killed_s,
        calls=counts["calls"],
        repeated=counts["repeated"],
        refused=counts["refused"],
        most_in_a_window=counts["most_in_a_window"],
    )


def _start(shop: Shop) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "reconcile", "--json"]
    environment = clean_environment(shop.environment)
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def _wait_for(checked: int, process: subprocess.Popen[str]) -> None:
    until_s = time.monotonic() + _LONGEST_S
    while _checked() < checked:
        if time.monotonic() > until_s or process.poll() is not None:
            raise RuntimeError(f"the walk did not come to {checked:,} links")
        time.sleep(0.02)


def _checked() -> int:
    with transaction() as connection:
        return connection.execute(text("SELECT max(checked) FROM reconcile_run")).scalar() or 0


def _require_all_repaired(said: str) -> None:
    [walked] = json.loads(said)["workspaces"]
    repaired, gone = expected(LINKS)
    told = (walked["state"], walked["repaired"], sum(one["count"] for one in walked["unresolved"]))
    if told != ("finished", repaired, gone):
        raise RuntimeError(f"the walk ended with {told} instead of {('finished', repaired, gone)}")
