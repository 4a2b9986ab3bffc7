"""`channels rename|rotate|pause|resume|check|remove`: change and check an account that is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from flask.cli import with_appcontext

from app.cli.offices import office_of_account, read_pairs
from app.cli.output import as_json, kind_faults, refuse, tell, workspace_id
from app.storage import channel_health
from app.storage.database import transaction
from app.usecases import manage_channels
from app.usecases.check_channels import check_channel
from app.usecases.manage_channels import MissingSecrets

Command = Callable[..., Any]


def _of_account(name: str, **settings: Any) -> Callable[[Command], click.Command]:
    """A command about one account: ID, --workspace and --json."""

    def decorate(function: Command) -> click.Command:
        function = click.option(
            "--workspace",
            "app_id",
            callback=lambda *given: given[2] and workspace_id(*given),
            help="Only an account of this workspace.",
        )(as_json(with_appcontext(kind_faults(function))))
        for argument in reversed(settings.get("arguments", ())):
            function = argument(function)
        return click.command(name)(click.argument("account_id", type=int, metavar="ID")(function))

    return decorate


@_of_account("remove")
def remove(account_id: int, app_id: str | None, *, as_json: bool) -> None:
    """Close an account's webhook and forget its secrets. Whoever wrote there stays linked to their contact."""
    office = office_of_account(account_id, app_id, as_json=as_json)
    account = manage_channels.remove_channel(office, account_id)
    told = f"Removed {account.slug} {account.name!r}. Its webhook answers 404 from now on: take it out at the provider."
    tell(told, {"id": account.id, "removed": True}, as_json=as_json)


@_of_account("rename", arguments=[click.argument("name")])
def rename(account_id: int, name: str, app_id: str | None, *, as_json: bool) -> None:
    """Call an account otherwise. Teammates see its name in the sidebar."""
    office = office_of_account(account_id, app_id, as_json=as_json)
    account = manage_channels.rename_channel(office, account_id, name)
    told = f"Account {account.id} ({account.slug}) is called {account.name!r} now."
    tell(told, {"id": account.id, "name": account.name}, as_json=as_json)


_SET = click.option(
    "--set", "given", multiple=True, metavar="KEY=VALUE", help="A new secret; KEY=- reads it from standard input."
)


@_of_account("rotate", arguments=[_SET])
def rotate(account_id: int, given: tuple[str, ...], app_id: str | None, *, as_json: bool) -> None:
    """Give an account other secrets. Those that are not given stay, and all are encrypted anew with the first key.

    The webhook's address stays the same.
    """
    office = office_of_account(account_id, app_id, as_json=as_json)
    secrets = read_pairs(given, "--set ", as_json=as_json)
    try:
        account = manage_channels.rotate_secrets(office, account_id, secrets)
    except MissingSecrets as fault:
        refuse(f"{fault}\nGive each with --set KEY=VALUE.", as_json=as_json, misuse=True)
    what = f"Replaced {', '.join(sorted(secrets))} of" if secrets else "Encrypted anew all secrets of"
    told = f"{what} {account.slug} {account.name!r}. Calls are checked against that from now on."
    tell(told, {"id": account.id, "rotated": sorted(secrets)}, as_json=as_json)


@_of_account("pause")
def pause(account_id: int, app_id: str | None, *, as_json: bool) -> None:
    """Keep an account's messages and bring none into Intercom until it is resumed. Nothing is lost."""
    office = office_of_account(account_id, app_id, as_json=as_json)
    account = manage_channels.pause_channel(office, account_id)
    told = (
        f"Paused {account.slug} {account.name!r}. Its messages are kept and wait;"
        f" `flask --app wsgi channels resume {account.id}` brings them in."
    )
    since = account.paused_at.isoformat(timespec="seconds") if account.paused_at else None
    tell(told, {"id": account.id, "paused_at": since}, as_json=as_json)


@_of_account("resume")
def resume(account_id: int, app_id: str | None, *, as_json: bool) -> None:
    """Let a paused account go on. What waits is brought in at once, in its order."""
    office = office_of_account(account_id, app_id, as_json=as_json)
    account = manage_channels.resume_channel(office, account_id)
    told = f"{account.slug} {account.name!r} works again. What waited is being brought in."
    tell(told, {"id": account.id, "paused_at": None}, as_json=as_json)


@_of_account("check")
def check(account_id: int, app_id: str | None, *, as_json: bool) -> None:
    """Check one account as `doctor` does. Ends with 1 when something fails."""
    office = office_of_account(account_id, app_id, as_json=as_json)
    findings = check_channel(office, account_id)
    with transaction() as connection:
        health = channel_health.of_workspace(connection, office.workspace_id, [account_id])[account_id]
    healthy = all(finding.level != "fail" for finding in findings)
    lines = [f"{one.level:<5} {one.what}" + (f"\n      {one.mend}" if one.mend else "") for one in findings]
    counted = {
        key: value.isoformat() if isinstance(value, datetime) else value for key, value in asdict(health).items()
    }
    answer = {"id": account_id, "healthy": healthy, "findings": [one.to_json() for one in findings], "health": counted}
    tell("\n".join(lines), answer, as_json=as_json)
    if not healthy:
        raise click.exceptions.Exit(1)


CHANGES = (remove, rename, rotate, pause, resume, check)
