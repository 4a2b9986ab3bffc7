"""`merges list|export`: who put which lead into which user, when and why."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.cli.offices import office_of
from app.cli.output import as_json, kind_faults, tell, workspace_id
from app.domain.merge_record import MergeRecord
from app.usecases.list_merges import each_merge, list_merges, merge_facts, merges_as_csv

merges = AppGroup("merges", help="Look up merges, and take them away as a file.")
_WORKSPACE = click.option("--workspace", "app_id", required=True, callback=workspace_id, help="The Intercom workspace.")


@merges.command("list")
@_WORKSPACE
@click.option("--before", help="Go on below the merge with this id.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@as_json
@kind_faults
def list_all(app_id: str, before: str | None, limit: int, *, as_json: bool) -> None:
    """The merges of a workspace, the newest first, without the contacts as they were."""
    page = list_merges(office_of(app_id, as_json=as_json), before=before, limit=limit)
    lines = [_line(merge) for merge in page.merges] or ["Nobody has merged anybody here yet."]
    if page.older:
        lines.append(f"There are older ones: --before {page.older}")
    answer = {"merges": [merge_facts(merge, snapshots=False) for merge in page.merges], "older": page.older}
    tell("\n".join(lines), answer, as_json=as_json)


@merges.command("export")
@_WORKSPACE
@as_json
@kind_faults
def export(app_id: str, *, as_json: bool) -> None:
    """All merges with both contacts as they were, as CSV or JSON, on standard output. It is personal data."""
    office = office_of(app_id, as_json=as_json)
    if as_json:
        tell("", [merge_facts(merge, snapshots=True) for merge in each_merge(office)], as_json=True)
        return
    for text in merges_as_csv(office):
        click.echo(text, nl=False)


def _line(merge: MergeRecord) -> str:
    why = f"  ({merge.failure})" if merge.failure else ""
    who = merge.teammate.name or merge.teammate.id or "nobody"
    return (
        f"{merge.id}  {merge.asked_at:%Y-%m-%d %H:%M}  {merge.state.value:<8}  {merge.lead_id} into {merge.user_id}"
        f"  by {who}{why}"
    )
