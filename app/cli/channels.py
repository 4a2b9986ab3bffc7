"""`channels add|list|remove`: which numbers, pages and bots customers write to, and where their providers call."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from textwrap import wrap

import click
from flask.cli import AppGroup
from sqlalchemy import Connection

from app.channels.base import Account, Adapter, Secret
from app.channels.registry import adapters
from app.cli.output import Json, as_json, kind_faults, refuse, tell, workspace_id
from app.services import services
from app.storage.channels import StoredAccount
from app.storage.crypto import UnreadableSecret
from app.storage.database import transaction

LONGEST_ADDRESS = 200

channels = AppGroup("channels", help="Connect channel accounts: the numbers, pages and bots that customers write to.")


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
    adapter = adapters()[slug]
    secrets = _secrets(adapter, given, as_json=as_json)
    name, address = name.strip(), _address(adapter, address, as_json=as_json)
    with transaction(write=True) as connection:
        country = _country(connection, app_id, country, as_json=as_json)
        twin = _twin(connection, adapter, app_id, address)
        account = None
        if twin is None:
            account = services().channels.add(
                connection,
                app_id,
                slug=slug,
                address=address,
                name=name or address,
                country=country,
                secrets=secrets,
                at=datetime.now(UTC),
            )
    if account is None:
        refuse(_taken(adapter, app_id, twin), as_json=as_json)
    url = webhook_url(account)
    if url is None and as_json:
        click.echo(_NO_PUBLIC_URL, err=True)
    tell(
        _added(adapter, account),
        {"id": account.id, "webhook_url": url, "webhook_path": _path(account)},
        as_json=as_json,
    )


@channels.command("list")
@click.option(
    "--workspace", "app_id", callback=lambda *given: given[2] and workspace_id(*given), help="Only this one's."
)
@as_json
@kind_faults
def list_all(app_id: str | None, *, as_json: bool) -> None:
    """Show every channel account with the address that its provider calls. Secrets are named, never shown."""
    with transaction() as connection:
        found = services().channels.list(connection, workspace_id=app_id)
        shown = [_shown(connection, account) for account in found]
    lines = "\n".join(_line(account) for account in shown)
    nothing = "No channel is connected yet. `flask --app wsgi channels add --help` says how."
    tell(lines or nothing, shown, as_json=as_json)


@channels.command("remove")
@click.argument("account_id", type=int, metavar="ID")
@as_json
@kind_faults
def remove(account_id: int, *, as_json: bool) -> None:
    """Close an account's webhook and forget its secrets. Whoever wrote there stays linked to their contact."""
    with transaction(write=True) as connection:
        account = next((one for one in services().channels.list(connection) if one.id == account_id), None)
        if account is not None:
            services().channels.remove(connection, account_id)
    if account is None:
        refuse(
            f"There is no channel account {account_id}. `flask --app wsgi channels list` shows those there are.",
            as_json=as_json,
        )
    told = f"Removed {account.slug} {account.name!r}. Its webhook answers 404 from now on: take it out at the provider."
    tell(told, {"id": account.id, "removed": True}, as_json=as_json)


def webhook_url(account: StoredAccount) -> str | None:
    """Where the provider calls; None while nobody said where Kinbox is."""
    base = services().settings.public_url
    return f"{base}{_path(account)}" if base else None


def _path(account: StoredAccount) -> str:
    return f"/channels/{account.slug}/{account.webhook_key}"


def _secrets(adapter: type[Adapter], given: tuple[str, ...], *, as_json: bool) -> Mapping[str, str]:
    """The pairs of --set; the command ends when one is unknown, without a value or missing."""
    known = {secret.name: secret for secret in adapter.secrets}
    read: dict[str, str] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if key not in known:
            refuse(
                f"{adapter.slug} has no secret of that name. It has:\n{_hints(adapter.secrets)}",
                as_json=as_json,
                misuse=True,
            )
        value = sys.stdin.readline().strip() if value == "-" else value.strip()
        if not (equals and value):
            refuse(f"{key} has no value. Write --set {key}=VALUE.", as_json=as_json, misuse=True)
        read[key] = value
    missing = [secret for secret in adapter.secrets if secret.required and secret.name not in read]
    if missing:
        words = f"{adapter.slug} cannot check its provider's calls without this. Add --set KEY=VALUE for:"
        refuse(f"{words}\n{_hints(missing)}", as_json=as_json, misuse=True)
    return read


def _hints(secrets: tuple[Secret, ...] | list[Secret]) -> str:
    return "\n".join(f"  {one.name}{'' if one.required else ' (optional)'}: {one.hint}" for one in secrets)


def _address(adapter: type[Adapter], given: str, *, as_json: bool) -> str:
    address = given.strip()
    if not address or len(address) > LONGEST_ADDRESS or not address.isprintable():
        refuse(f"The address of a {adapter.slug} account is {adapter.address_hint}.", as_json=as_json, misuse=True)
    return address


def _country(connection: Connection, app_id: str, given: str | None, *, as_json: bool) -> str | None:
    """The country, checked; the command ends when there is no such workspace. Raises BadSetting."""
    workspace = services().workspaces.get(connection, app_id)
    if workspace is None:
        refuse(
            f"There is no workspace {app_id}. Add it first with `flask --app wsgi workspaces add`;"
            " `flask --app wsgi workspaces list` shows those there are.",
            as_json=as_json,
        )
    services().workspaces.ensure_row(connection, app_id, datetime.now(UTC))
    return workspace.change("country", given).settings.country if given else None


def _twin(connection: Connection, adapter: type[Adapter], app_id: str, address: str) -> StoredAccount | None:
    """The account that has this address already, in whatever spelling."""
    near = services().channels.list(connection, workspace_id=app_id, slug=adapter.slug)
    same = (one for one in near if adapter(Account(address=one.address, country=one.region)).is_ours(address))
    return next(same, None)


def _taken(adapter: type[Adapter], app_id: str, twin: StoredAccount | None) -> str:
    which = f" as account {twin.id} ({twin.name!r})" if twin else ""
    number = twin.id if twin else "ID"
    return (
        f"Workspace {app_id} has this {adapter.slug} address already{which}. Nothing was changed. To give it other"
        f" secrets, remove it first with `flask --app wsgi channels remove {number}`: its people stay linked."
    )


_NO_PUBLIC_URL = (
    "Set KINBOX_PUBLIC_URL to the address under which the internet reaches Kinbox: the provider is to call that address"
    " and this path behind it."
)


def _added(adapter: type[Adapter], account: StoredAccount) -> str:
    url = webhook_url(account)
    return (
        f"Added {adapter.title} account {account.id} {account.name!r} ({adapter.provider}).\n"
        f"Webhook: {url or _path(account)}\n"
        f"{'' if url else _NO_PUBLIC_URL + chr(10)}"
        f"Keep it to yourself: it is part of the proof who calls. Next:\n{_steps(adapter, url or _path(account))}"
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
        "webhook_url": webhook_url(account),
        "webhook_path": _path(account),
    }


def _line(shown: Json) -> str:
    secrets = "unreadable" if shown["secrets"] is None else ",".join(shown["secrets"]) or "none"
    return (
        f"{shown['id']} {shown['slug']} {shown['name']!r} address={shown['address']}"
        f" workspace={shown['workspace_id']} country={shown['country'] or 'none'} secrets={secrets}\n"
        f"      {shown['webhook_url'] or shown['webhook_path']}"
    )
