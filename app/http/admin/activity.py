"""Activity: who did what in this workspace, the newest first."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.http.admin.access import current
from app.http.admin.activity_words import sentence
from app.http.admin.paging import cut, older_than
from app.storage import audit
from app.storage.database import transaction

LISTED = 50


def add_activity(pages: Blueprint) -> None:
    @pages.get("/activity")
    def activity() -> ResponseReturnValue:
        before = older_than()
        with transaction() as connection:
            found = audit.of_workspace(connection, current().workspace_id, before=before, limit=LISTED + 1)
        page = cut(found, LISTED, lambda entry: entry.id, first=before is None)
        return render_template("admin/activity.html", page=page, sentence=sentence)
