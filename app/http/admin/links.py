"""Links: all of them as a file, and those of another bridge brought in after a look at what would happen."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer

from app.domain.counting import count
from app.domain.csv_text import UnreadableCsv
from app.http.admin.access import current, office_of
from app.http.admin.downloads import download_csv
from app.services import Services
from app.storage.listed_links import ChangedMeanwhile
from app.usecases.links_csv import COLUMNS, REQUIRED, ImportedLinks, export_links, import_links

GOOD_FOR_S = 3600
"""How long what was checked may be imported."""
MAX_SEALED_BYTES = 4 * 1024 * 1024
"""Of a checked file on its way through the page: with everything around it, it has to fit into one request."""
SHOWN_BAD = 50


@dataclass(frozen=True)
class _Checked:
    """A file that somebody looked at before. `sealed` goes through the page and comes back unchanged, or not at all."""

    found: ImportedLinks
    sealed: str


def add_links(pages: Blueprint, objects: Services) -> None:
    sealer = _Sealer(objects)

    @pages.get("/links")
    def links() -> ResponseReturnValue:
        return _page()

    @pages.post("/links/export")
    def links_export() -> ResponseReturnValue:
        return download_csv(export_links(office_of(objects)), name="kinbox-links.csv")

    @pages.post("/links/check")
    def links_check() -> ResponseReturnValue:
        sent, replace = request.files.get("file"), request.form.get("replace") == "yes"
        if sent is None or not sent.filename:
            return _page(fault="Choose a CSV file.", replace=replace), 422
        data = sent.read()
        try:
            found = import_links(office_of(objects), data, replace=replace, dry_run=True)
        except UnreadableCsv as bad:
            return _page(fault=str(bad), replace=replace), 422
        sealed = "" if found.bad else sealer.seal(data, replace=replace)
        if len(sealed) > MAX_SEALED_BYTES:
            return _page(fault="The file is too large to be imported here. Split it, each part with the head."), 422
        return _page(checked=_Checked(found, sealed), replace=replace), 422 if found.bad else 200

    @pages.post("/links/import")
    def links_import() -> ResponseReturnValue:
        opened = sealer.open(request.form.get("sealed", ""))
        if opened is None:
            return _page(fault="What was checked is more than an hour old, or not yours. Choose the file again."), 422
        data, replace = opened
        try:
            found = import_links(office_of(objects), data, replace=replace)
        except ChangedMeanwhile as changed:
            return _page(fault=f"{changed} Choose the file again to see what would happen now."), 409
        if not found.done:
            return _page(checked=_Checked(found, ""), replace=replace), 422
        flash(_told(found), "good")
        return redirect(url_for("admin.links"), 303)


def allow_long_lists(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """What was checked comes back in a field of the form, which is longer than other forms may be."""
    if endpoint == "admin.links_import":
        request.max_form_memory_size = MAX_SEALED_BYTES + 100_000


class _Sealer:
    """Signs what was checked for the one who checked it. Only what holds is unpacked."""

    def __init__(self, objects: Services) -> None:
        keys = list(reversed(objects.settings.encryption_keys))  # itsdangerous signs with the last one
        self._serializer = URLSafeTimedSerializer(keys, salt="kinbox.admin.links")

    def seal(self, data: bytes, *, replace: bool) -> str:
        sealed = self._serializer.dumps({"for": _audience(), "csv": data.decode("utf-8"), "replace": replace})
        return sealed if isinstance(sealed, str) else sealed.decode()

    def open(self, sealed: str) -> tuple[bytes, bool] | None:
        try:
            opened = self._serializer.loads(sealed, max_age=GOOD_FOR_S)
        except (BadData, ValueError, UnicodeError):
            return None
        if not isinstance(opened, dict) or opened.get("for") != _audience():
            return None
        return str(opened["csv"]).encode(), opened["replace"] is True


def _audience() -> list[str]:
    signed_in = current()
    return [signed_in.workspace_id, signed_in.teammate.id]


def _page(*, fault: str = "", checked: _Checked | None = None, replace: bool = False) -> str:
    return render_template(
        "admin/links.html",
        fault=fault,
        checked=checked,
        replace=replace,
        columns=COLUMNS,
        required=REQUIRED,
        shown_bad=SHOWN_BAD,
    )


def _told(found: ImportedLinks) -> str:
    return (
        f"Imported {count(found.rows, 'row')}: {found.new} new, {found.replaced} linked to"
        f" another contact now, {found.same} as they were."
    )
