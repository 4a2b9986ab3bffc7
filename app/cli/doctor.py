"""`doctor`: is everything set up, and if not, what to do?"""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.cli.checks import check_all
from app.cli.output import as_json, kind_faults, tell
from app.domain.findings import Finding
from app.services import services


@click.command("doctor")
@click.option("--fix", is_flag=True, help="Make missing data attributes in Intercom.")
@as_json
@with_appcontext
@kind_faults
def doctor(*, fix: bool, as_json: bool) -> None:
    """Check the set-up and say how to mend what is wrong. Ends with 1 when something fails."""
    findings = list(check_all(services(), fix=fix))
    healthy = all(finding.level != "fail" for finding in findings)
    answer = {"healthy": healthy, "findings": [finding.to_json() for finding in findings]}
    tell("\n".join(_line(finding) for finding in findings), answer, as_json=as_json)
    if not healthy:
        raise click.exceptions.Exit(1)


def _line(finding: Finding) -> str:
    where = f"{finding.workspace}: " if finding.workspace else ""
    mend = f"\n      {finding.mend}" if finding.mend else ""
    return f"{finding.level:<5} {where}{finding.what}{mend}"
