"""Channels: the list with their health, and one account with all that can be done to it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from app.channels.registry import adapters
from app.http.admin.access import current, office_of
from app.http.admin.channel_words import findings_told, state_of, titled
from app.services import Services
from app.storage import channel_health
from app.storage.channels import StoredAccount
from app.storage.crypto import UnreadableSecret
from app.storage.database import transaction
from app.usecases import manage_channels
from app.usecases.check_channels import check_channel
from app.usecases.manage_channels import BadChannel
from app.usecases.office import Office

SECRET = "secret."  # noqa: S105  how the fields of secrets begin
NO_PUBLIC_URL = "https://YOUR-KINBOX"
"""Stands before the path of a webhook while nobody has said where Kinbox is."""


def add_channels(pages: Blueprint, objects: Services) -> None:
    """The list, and each account. An account of another workspace raises NoSuchChannel, which is a 404."""

    @pages.get("/channels")
    def channels() -> ResponseReturnValue:
        workspace_id = current().workspace_id
        with transaction() as connection:
            accounts = objects.channels.list(connection, workspace_id=workspace_id)
            health = channel_health.of_workspace(connection, workspace_id, [one.id for one in accounts])
        return render_template(
            "admin/channels.html", accounts=accounts, health=health, adapters=adapters(), state=state_of
        )

    @pages.get("/channels/<int:account_id>")
    def channel(account_id: int) -> ResponseReturnValue:
        return _page(office_of(objects), account_id)

    @pages.post("/channels/<int:account_id>/rename")
    def channel_rename(account_id: int) -> ResponseReturnValue:
        office, name = office_of(objects), request.form.get("name", "")
        try:
            account = manage_channels.rename_channel(office, account_id, name)
        except BadChannel as bad:
            return _page(office, account_id, faults={"name": str(bad)}, name=name), 422
        return _done(account, f"It is called {account.name} now.")

    @pages.post("/channels/<int:account_id>/secrets")
    def channel_secrets(account_id: int) -> ResponseReturnValue:
        office, typed = office_of(objects), typed_secrets()
        try:
            account = manage_channels.rotate_secrets(office, account_id, typed)
        except BadChannel as bad:
            return _page(office, account_id, faults={f"{SECRET}{bad.field}": _first_line(bad)}), 422
        names = [titled(name) for name, value in typed.items() if value.strip()]
        told = f"Saved: {', '.join(names)}. Calls are checked against that from now on."
        return _done(account, told if names else "No secret was typed, so all stay as they were.")

    @pages.post("/channels/<int:account_id>/pause")
    def channel_pause(account_id: int) -> ResponseReturnValue:
        account = manage_channels.pause_channel(office_of(objects), account_id)
        return _done(account, "It is paused. Its messages are kept and wait; none is lost.")

    @pages.post("/channels/<int:account_id>/resume")
    def channel_resume(account_id: int) -> ResponseReturnValue:
        account = manage_channels.resume_channel(office_of(objects), account_id)
        return _done(account, "It goes on. What waited is being brought in, in its order.")

    @pages.get("/channels/<int:account_id>/remove")
    def channel_removal(account_id: int) -> ResponseReturnValue:
        office = office_of(objects)
        with transaction() as connection:
            account = office.account(connection, account_id)
        return render_template("admin/channel_remove.html", account=account, adapter=adapters().get(account.slug))

    @pages.post("/channels/<int:account_id>/remove")
    def channel_remove(account_id: int) -> ResponseReturnValue:
        account = manage_channels.remove_channel(office_of(objects), account_id)
        flash(f"{account.name} is removed. Take its webhook out at the provider too.", "good")
        return redirect(url_for("admin.channels"), 303)


def typed_secrets() -> Mapping[str, str]:
    """The secrets in the form, by their names."""
    given = request.form.items()
    return {name.removeprefix(SECRET): value for name, value in given if name.startswith(SECRET)}


def _page(office: Office, account_id: int, *, faults: Mapping[str, str] | None = None, name: str | None = None) -> str:
    with transaction() as connection:
        account = office.account(connection, account_id)
        health = channel_health.of_workspace(connection, office.workspace_id, [account_id])[account_id]
    return render_template(
        "admin/channel.html",
        account=account,
        adapter=adapters().get(account.slug),
        health=health,
        state=state_of(account, health),
        webhook=office.webhook_url(account) or f"{NO_PUBLIC_URL}{account.webhook_path}",
        is_public=office.public_url is not None,
        findings=findings_told(check_channel(office, account_id)),
        kept=_kept(office, account),
        faults=faults or {},
        name=account.name if name is None else name,
    )


def _kept(office: Office, account: StoredAccount) -> frozenset[str]:
    """The names of the secrets that are there. Their values go no further than this."""
    try:
        with transaction() as connection:
            stored = office.channels.get(connection, account.id)
    except UnreadableSecret:
        return frozenset()
    return frozenset(stored.secrets) if stored else frozenset()


def _done(account: StoredAccount, words: str) -> Response:
    flash(words, "good")
    return redirect(url_for("admin.channel", account_id=account.id), 303)


def _first_line(fault: BadChannel) -> str:
    return str(fault).partition("\n")[0].rstrip(":") + ("" if str(fault).endswith(".") else ".")
