"""Settings of the workspace: what is set, what each does, and who changed what."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.channels.registry import adapters
from app.domain.setting_readers import BadSettings
from app.domain.setting_table import TITLES
from app.http.admin.access import current, current_workspace, office_of
from app.http.admin.connecting import people_of
from app.http.admin.setting_fields import TAG, Shown, sections
from app.http.admin.setting_forms import changed_texts
from app.services import Services
from app.storage import audit
from app.storage.database import transaction
from app.usecases.change_settings import SETTING_CHANGED, SettingsChanged, change_settings

HISTORY = 30


def add_settings(pages: Blueprint, objects: Services) -> None:
    @pages.get("/settings")
    def settings() -> ResponseReturnValue:
        return _page(Shown(current_workspace().told(), {}, people_of(objects)))

    @pages.post("/settings")
    def settings_sent() -> ResponseReturnValue:
        texts, faults = changed_texts(request.form)
        if not faults:
            try:
                done = change_settings(office_of(objects), texts)
            except BadSettings as bad:
                faults = {key: _about(key, sentence) for key, sentence in bad.faults.items()}
            else:
                flash(_told(done), "good")
                return redirect(url_for("admin.settings"), 303)
        values = {**current_workspace().told(), **texts}
        return _page(Shown(values, faults, people_of(objects), typed=_typed_tags())), 422


def _page(shown: Shown) -> str:
    with transaction() as connection:
        history = audit.of_workspace(connection, current().workspace_id, actions=(SETTING_CHANGED,), limit=HISTORY)
    return render_template(
        "admin/settings.html",
        sections=sections(shown),
        faults=shown.faults,
        titles=TITLES,
        stored=current_workspace().told(),
        offline=shown.people is None,
        history=history,
    )


def _typed_tags() -> Mapping[str, str]:
    """What was typed for each channel's tag, so that it is kept also where it cannot be read."""
    return {slug: request.form.get(f"{TAG}{slug}", "") for slug in adapters()}


def _about(key: str, sentence: str) -> str:
    """The fault beside its field, which need not be named again: `It is one of ...`."""
    return f"It{sentence.removeprefix(key)}" if sentence.startswith(f"{key} ") else sentence


def _told(done: SettingsChanged) -> str:
    if not done.changes:
        return "Nothing was changed: everything was set so already."
    return f"Saved: {', '.join(TITLES.get(one.key, one.key) for one in done.changes)}."
