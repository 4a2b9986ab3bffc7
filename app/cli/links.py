"""`links export|import`: which sender is linked to which contact, as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import BinaryIO

import click
from flask.cli import AppGroup

from app.cli.offices import office_of
from app.cli.output import as_json, kind_faults, tell, workspace_id
from app.domain.csv_text import read_csv
from app.usecases.links_csv import MAX_BYTES, REQUIRED, ImportedLinks, export_links, import_links

links = AppGroup("links", help="Take the links of senders to contacts away as a file, or bring them in from one.")
_WORKSPACE = click.option("--workspace", "app_id", required=True, callback=workspace_id, help="The Intercom workspace.")


@links.command("export")
@_WORKSPACE
@as_json
@kind_faults
def export(app_id: str, *, as_json: bool) -> None:
    """All links as CSV, or JSON, on standard output. It is personal data."""
    texts = export_links(office_of(app_id, as_json=as_json))
    if as_json:
        rows = read_csv("".join(texts).encode(), REQUIRED)
        tell("", [{name: cell or None for name, cell in row.cells.items()} for row in rows], as_json=True)
        return
    for text in texts:
        click.echo(text, nl=False)


@links.command("import")
@_WORKSPACE
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--replace", is_flag=True, help="Also change links to another contact.")
@click.argument("file", type=click.File("rb"))
@as_json
@kind_faults
def import_file(app_id: str, file: BinaryIO, *, dry_run: bool, replace: bool, as_json: bool) -> None:
    """Link the senders in FILE (- is standard input) to their contacts: all rows, or none where one is wrong.

    FILE is CSV with the columns channel, account (its address), sender_id and contact_id, and perhaps phone, handle and
    name. Ends with 1 when a row is wrong.
    """
    office = office_of(app_id, as_json=as_json)
    told = import_links(office, file.read(MAX_BYTES + 1), replace=replace, dry_run=dry_run)
    tell("\n".join(_lines(told, dry_run=dry_run)), asdict(told), as_json=as_json)
    if told.bad:
        raise click.exceptions.Exit(1)


def _lines(told: ImportedLinks, *, dry_run: bool) -> Iterator[str]:
    counts = f"{told.new} new, {told.replaced} replaced, {told.same} as they were"
    if told.bad:
        yield f"Nothing was imported: {len(told.bad)} of {told.rows} rows cannot be."
        yield from (f"line {row.line}: {row.reason}" for row in told.bad)
    elif dry_run:
        yield f"All {told.rows} rows can be imported: {counts}. Nothing was changed yet; leave --dry-run out to do it."
    else:
        yield f"Imported {told.rows} rows: {counts}."
