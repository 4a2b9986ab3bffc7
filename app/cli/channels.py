"""`channels add|list`: which numbers, pages and bots customers write to, and where their providers call."""

from __future__ import annotations

from textwrap import wrap

import click
from flask.cli import AppGroup
from sqlalchemy import Connection

from app.channels.base import Adapter
from app.channels.registry import adapters
from app.cli.channel_changes import CHANGES
from app.cli.offices import named_workspace, office_of, read_pairs
from app.cli.output import Json, as_json, kind_faults, refuse, tell, workspace_id
from app.services import services
from app.storage.channels import StoredAccount
from app.storage.crypto import UnreadableSecret
from app.storage.database import transaction
from app.usecases.manage_channels import AddressTaken, MissingSecrets, add_channel

channels = AppGroup("channels", help="Connect channel accounts: the numbers, pages and bots that customers write to.")
for _change in CHANGES:
    channels.add_command(_change)


@channels.command("add")
@click.argument("slug", type=click.Choice(list(adapters())), metavar="SLUG")
@click.option("--workspace", "app_id", required=True, callback=workspace_id, help="The Intercom workspace it feeds.")
@click.option("--name", required=True, help="What teammates call it, such as `Shop Dublin`.")
@click.option("--address", required=True, help="The account as the provider names it: a number, a page id, a bot id.")
@click.option("--country", help="Where phones without a country code are from, such as IE; else the workspace's.")
@click.option(
    "--set", "given", multiple=True, metavar="KEY=VALUE", help="A secret; KEY=- reads it from standard input."
)
@as_json
@kind_faults
def add(
    slug: str, app_id: str, name: str, address: str, country: str | None, given: tuple[str, ...], *, as_json: bool
) -> None:
    """Connect a channel account, and tell the address that its provider is to call.

    SLUG is the channel. Its secrets are given with --set; `channels add SLUG --help` lists no values, and nothing that
    is stored is ever shown.
    """
    office = office_of(app_id, as_json=as_json)
    secrets = read_pairs(given, "--set ", as_json=as_json)
    try:
        added = add_channel(office, slug, name=name, address=address, country=country, secrets=secrets)
    except MissingSecrets as fault:
        refuse(f"{fault}\nAdd --set KEY=VALUE for each.", as_json=as_json, misuse=True)
    except AddressTaken as fault:
        refuse(f"{fault} {_instead(fault.twin)}", as_json=as_json)
    account, url = added.account, added.webhook_url
    answer = {"id": account.id, "webhook_url": url, "webhook_path": account.webhook_path}
    if added.warning:
        warning = f"{added.warning} `flask --app wsgi workspaces set {app_id} country=CC` sets the workspace's."
        click.echo(warning, err=True)
        answer["warning"] = warning
    if url is None and as_json:
        click.echo(_NO_PUBLIC_URL, err=True)
    tell(_added(adapters()[slug], account, url), answer, as_json=as_json)


@channels.command("list")
@click.option(
    "--workspace", "app_id", callback=lambda *given: given[2] and workspace_id(*given), help="Only this one's."
)
@as_json
@kind_faults
def list_all(app_id: str | None, *, as_json: bool) -> None:
    """Show every channel account with the address that its provider calls. Secrets are named, never shown."""
    if app_id is not None:
        named_workspace(app_id, as_json=as_json, needs_token=False)
    with transaction() as connection:
        found = services().channels.list(connection, workspace_id=app_id)
        shown = [_shown(connection, account) for account in found]
    lines = "\n".join(_line(account) for account in shown)
    nothing = "No channel is connected yet. `flask --app wsgi channels add --help` says how."
    tell(lines or nothing, shown, as_json=as_json)


def _instead(twin: StoredAccount | None) -> str:
    number = twin.id if twin else "ID"
    return (
        f"`flask --app wsgi channels rotate {number}` gives it other secrets; to start anew, remove it first with"
        f" `flask --app wsgi channels remove {number}`: its people stay linked."
    )


_NO_PUBLIC_URL = (
    "Set KINBOX_PUBLIC_URL to the address under which the internet reaches Kinbox: the provider is to call that address"
    " and this path behind it."
)


def _added(adapter: type[Adapter], account: StoredAccount, url: str | None) -> str:
    return (
        f"Added {adapter.title} account {account.id} {account.name!r} ({adapter.provider}).\n"
        f"Webhook: {url or account.webhook_path}\n"
        f"{'' if url else _NO_PUBLIC_URL + chr(10)}"
        f"Keep it to yourself: it is part of the proof who calls. Next:\n{_steps(adapter, url or account.webhook_path)}"
    )


def _steps(adapter: type[Adapter], webhook: str) -> str:
    """What to do at the provider, numbered, with what is to be copied below each step."""
    steps = []
    for number, step in enumerate(adapter.setup, 1):
        steps += wrap(f"{number:>2}. {step.text}", 100, subsequent_indent="    ")
        steps += [f"      {line}" for line in step.sample_for(webhook).splitlines()]
    return "\n".join(steps)


def _shown(connection: Connection, account: StoredAccount) -> Json:
    try:
        stored = services().channels.get(connection, account.id)
        names = sorted(stored.secrets) if stored else []
    except UnreadableSecret:
        names = None
    return {
        "id": account.id,
        "workspace_id": account.workspace_id,
        "slug": account.slug,
        "name": account.name,
        "address": account.address,
        "country": account.country,
        "secrets": names,
        "paused_at": account.paused_at.isoformat(timespec="seconds") if account.paused_at else None,
        "webhook_url": services().office(account.workspace_id).webhook_url(account),
        "webhook_path": account.webhook_path,
    }


def _line(shown: Json) -> str:
    secrets = "unreadable" if shown["secrets"] is None else ",".join(shown["secrets"]) or "none"
    paused = " paused" if shown["paused_at"] else ""
    return (
        f"{shown['id']} {shown['slug']} {shown['name']!r}{paused} address={shown['address']}"
        f" workspace={shown['workspace_id']} country={shown['country'] or 'none'} secrets={secrets}\n"
        f"      {shown['webhook_url'] or shown['webhook_path']}"
    )
