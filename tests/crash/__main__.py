"""`python -m tests.crash`: the crash test with its figures. Ends with 1 when a promise is broken."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.databases import postgres_database
from tests.crash.plan import SHORT, Plan
from tests.crash.run import CrashTest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--short", action="store_true", help="Seconds where the long form has minutes.")
    for name in ("messages", "senders", "kills", "seed"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--logs", type=Path, help="Keep the processes' logs in this folder.")
    asked = parser.parse_args()
    given = {name: value for name in ("messages", "senders", "kills", "seed") if (value := getattr(asked, name))}
    plan = replace(SHORT if asked.short else Plan(), **given)
    good = [_run(plan, database, asked.logs) for database in asked.database or ("sqlite", "postgres")]
    sys.exit(not all(good))


def _run(plan: Plan, database: str, logs: Path | None) -> bool:
    print(f"\n{database}: {plan.messages} messages of {plan.senders} senders, {plan.kills} kills", flush=True)
    with TemporaryDirectory() as name, postgres_database() as postgres:
        url = postgres if database == "postgres" else f"sqlite:///{Path(name) / 'kinbox.db'}"
        if url is None:
            print("  not run: no server answers at TEST_POSTGRES_URL")
            return False
        folder = logs or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        report = CrashTest(plan, url, folder).run()
    print("\n".join(f"  {line}" for line in report.lines()), flush=True)
    return report.is_good


if __name__ == "__main__":
    main()
