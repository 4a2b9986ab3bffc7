"""Merges: who put whom into whom, on what grounds, and both contacts as they were."""

from __future__ import annotations

import json
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.merge_record import MergeRecord
from app.http.admin.access import office_of
from app.http.admin.downloads import download, download_csv
from app.http.admin.merge_words import consents_told, snapshots_side_by_side, state_told
from app.http.admin.paging import Slice
from app.services import Services
from app.usecases.list_merges import find_merge, list_merges, merge_facts, merges_as_csv

LISTED = 50


def add_merges(pages: Blueprint, objects: Services) -> None:
    @pages.get("/merges")
    def merges() -> ResponseReturnValue:
        before = request.args.get("before", type=UUID)
        found = list_merges(office_of(objects), before=str(before) if before else None, limit=LISTED)
        page = Slice(found.merges, found.older, before is None)
        return render_template("admin/merges.html", page=page, state=state_told)

    @pages.post("/merges/export")
    def merges_export() -> ResponseReturnValue:
        return download_csv(merges_as_csv(office_of(objects)), name="kinbox-merges.csv")

    @pages.get("/merges/<uuid:merge_id>")
    def merge(merge_id: UUID) -> ResponseReturnValue:
        found = _merge(objects, merge_id)
        return render_template(
            "admin/merge.html",
            merge=found,
            state=state_told(found),
            consents=consents_told(found),
            rows=snapshots_side_by_side(found),
        )

    @pages.get("/merges/<uuid:merge_id>/json")
    def merge_json(merge_id: UUID) -> ResponseReturnValue:
        text = json.dumps(merge_facts(_merge(objects, merge_id), snapshots=True), indent=2, ensure_ascii=False)
        return download([text], name=f"kinbox-merge-{merge_id}.json", content_type="application/json")


def _merge(objects: Services, merge_id: UUID) -> MergeRecord:
    """The merge with this id in this workspace; 404 for every other one."""
    found = find_merge(office_of(objects), str(merge_id))
    if found is None:
        abort(404)
    return found
