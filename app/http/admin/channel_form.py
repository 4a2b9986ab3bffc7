"""Adding a channel: choose the provider, then fill in what its accounts need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.channels.base import Adapter
from app.channels.registry import adapters
from app.http.admin.access import current_workspace, office_of
from app.http.admin.channel_words import titled
from app.http.admin.channels import SECRET, typed_secrets
from app.services import Services
from app.usecases.manage_channels import AddressTaken, BadChannel, add_channel

_MISSING = "This is needed. You find it here: {hint}."


@dataclass
class _Typed:
    """What the form holds. Secrets are taken from it and never put back into a page."""

    name: str = ""
    address: str = ""
    country: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_request(cls) -> _Typed:
        texts = {name: request.form.get(name, "").strip() for name in ("name", "address", "country")}
        return cls(**texts, secrets={name: value for name, value in typed_secrets().items() if value.strip()})


def add_channel_form(pages: Blueprint, objects: Services) -> None:
    @pages.get("/channels/add")
    def channel_kinds() -> ResponseReturnValue:
        return render_template("admin/channel_kinds.html", adapters=adapters())

    @pages.get("/channels/add/<slug>")
    def channel_form(slug: str) -> ResponseReturnValue:
        return _page(_adapter(slug), _Typed(), {})

    @pages.post("/channels/add/<slug>")
    def channel_add(slug: str) -> ResponseReturnValue:
        adapter, typed = _adapter(slug), _Typed.from_request()
        faults = dict(_faults(adapter, typed))
        if not faults:
            try:
                added = add_channel(
                    office_of(objects),
                    slug,
                    name=typed.name,
                    address=typed.address,
                    country=typed.country or None,
                    secrets=typed.secrets,
                    country_required=True,
                )
            except AddressTaken as taken:
                name = f", as {taken.twin.name}" if taken.twin else ""
                faults["address"] = f"This workspace has this address already{name}. Nothing was changed."
            except BadChannel as bad:
                known = bad.field in {"name", "address", "country"}
                faults[bad.field if known else f"{SECRET}{bad.field}"] = str(bad).partition("\n")[0]
            else:
                flash(f"{added.account.name} is added. The steps below connect it at {adapter.provider}.", "good")
                return redirect(url_for("admin.channel", account_id=added.account.id), 303)
        return _page(adapter, typed, faults), 422


def _adapter(slug: str) -> type[Adapter]:
    adapter = adapters().get(slug)
    if adapter is None:
        abort(404)
    return adapter


def _faults(adapter: type[Adapter], typed: _Typed) -> Mapping[str, str]:
    """What is missing, all at once, before anything else is looked at."""
    missing = {
        f"{SECRET}{one.name}": _MISSING.format(hint=one.hint)
        for one in adapter.secrets
        if one.required and one.name not in typed.secrets
    }
    if not typed.address:
        missing = {"address": f"This is needed: {adapter.address_hint}.", **missing}
    return missing


def _page(adapter: type[Adapter], typed: _Typed, faults: Mapping[str, str]) -> str:
    labels = {"name": "Name", "address": "Address", "country": "Default country"}
    return render_template(
        "admin/channel_form.html",
        adapter=adapter,
        typed=typed,
        faults=faults,
        labels=labels | {f"{SECRET}{one.name}": titled(one.name) for one in adapter.secrets},
        titled=titled,
        workspace_country=current_workspace().settings.country,
    )
