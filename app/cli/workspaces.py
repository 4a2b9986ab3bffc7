"""`workspaces add|set|list|uninstall`: which Intercom workspaces Kinbox serves, and what their teams chose."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from app.cli.offices import office_of
from app.cli.output import Json, as_json, kind_faults, refuse, tell, workspace_id
from app.deadline import Deadline
from app.domain.setting_table import FACTS
from app.domain.workspace import REGIONS, Workspace, read_region
from app.domain.workspace_settings import PRIORITIES, SETTINGS, is_timezone
from app.intercom.answers import Account
from app.intercom.errors import Disconnected, IntercomError
from app.services import services
from app.storage.database import transaction
from app.usecases.change_settings import change_settings
from app.usecases.connection import connect, uninstall


def _settings_help() -> str:
    """A line for each setting; the admin page and the README tell the same."""
    return "\b\nThe settings:\n" + "\n".join(f"  {one.key}: {one.explanation}." for one in (*SETTINGS, *FACTS))


UNINSTALL_S = 20.0

workspaces = AppGroup("workspaces", help="Connect Intercom workspaces and change their settings.")


@workspaces.command("add")
@click.option(
    "--id",
    "app_id",
    required=True,
    callback=workspace_id,
    help="The id behind /a/inbox/ in the address of your Inbox.",
)
@click.option("--region", required=True, type=click.Choice(REGIONS, case_sensitive=False))
@click.option("--token", required=True, help="The app's access token, or - to read it from standard input.")
@click.option("--country", help="Where phones without a country code are from, such as IE.")
@click.option("--priority", type=click.Choice(PRIORITIES), help="Who wins among several matches.")
@click.option("--offline", is_flag=True, help="Do not ask Intercom whether the token is right.")
@as_json
@kind_faults
def add(
    app_id: str,
    region: str,
    token: str,
    country: str | None,
    priority: str | None,
    *,
    offline: bool,
    as_json: bool,
) -> None:
    """Connect a workspace, or give a connected one a new token."""
    if services().workspaces.is_private(app_id):
        refuse(
            f"Workspace {app_id} is given by INTERCOM_ACCESS_TOKEN and INTERCOM_WORKSPACE_ID, which win over"
            " what is stored. Change those, or unset them and run this again.",
            as_json=as_json,
        )
    with transaction() as connection:
        known = services().workspaces.without_token(connection, app_id)
    base = known or Workspace(id=app_id, region=read_region(region))
    workspace = replace(base, region=read_region(region), token=_token(token))
    for key, text in (("country", country), ("priority", priority)):
        workspace = workspace if text is None else workspace.change(key, text)
    doubt = None
    if not offline:
        workspace, doubt = _checked(workspace, as_json=as_json)
    connect(services().workspaces, workspace, by=None, action="connected", at=datetime.now(UTC))
    workspace = replace(workspace, revoked_at=None, uninstalled_at=None)
    verb = "Updated" if known else "Added"
    told = f"{verb} workspace {_line(workspace)}"
    tell(f"{told}\n{doubt}" if doubt else told, {**_shown(workspace), "doubt": doubt}, as_json=as_json)


@workspaces.command("set", epilog=_settings_help())
@click.argument("app_id", callback=workspace_id)
@click.argument("changes", metavar="KEY=VALUE ...", nargs=-1, required=True)
@as_json
@kind_faults
def set_values(app_id: str, changes: tuple[str, ...], *, as_json: bool) -> None:
    """Change settings, such as priority=user or country=IE. Either all are changed or none."""
    office = office_of(app_id, as_json=as_json)
    wanted: dict[str, str] = {}
    for change in changes:
        key, equals, text = change.partition("=")
        if not equals:
            refuse(f"{key} has no value. Write {key}=VALUE.", as_json=as_json, misuse=True)
        wanted[key.strip()] = text
    workspace = change_settings(office, wanted).workspace
    tell(f"Changed workspace {_line(workspace)}", _shown(workspace), as_json=as_json)


@workspaces.command("uninstall")
@click.argument("app_id", callback=workspace_id)
@as_json
@kind_faults
def uninstall_app(app_id: str, *, as_json: bool) -> None:
    """Take the app out of the workspace in Intercom, and forget its token here. Links and settings stay."""
    objects = services()
    if objects.workspaces.is_private(app_id):
        refuse(f"Workspace {app_id} is given by INTERCOM_ACCESS_TOKEN. Unset that instead.", as_json=as_json)
    with transaction() as connection:
        workspace = objects.workspaces.get(connection, app_id)
    if workspace is None or workspace.uninstalled_at is not None:
        refuse(f"Workspace {app_id} is not connected, so there is nothing to uninstall.", as_json=as_json)
    try:
        uninstall(
            objects.workspaces,
            app_id,
            lambda: objects.installation(workspace, deadline=Deadline.after(UNINSTALL_S)).uninstall(),
            by=None,
            at=datetime.now(UTC),
        )
    except IntercomError as fault:
        refuse(f"The app was not uninstalled, and nothing was changed: {fault} Try again later.", as_json=as_json)
    tell(f"Uninstalled from workspace {app_id}. Its messages wait until it is installed again.", {}, as_json=as_json)


@workspaces.command("list")
@as_json
@kind_faults
def list_all(*, as_json: bool) -> None:
    """Show every workspace with its settings. Tokens are never shown."""
    with transaction() as connection:
        found = services().workspaces.list(connection)
    lines = "\n".join(_line(workspace) for workspace in found)
    nobody = "No workspace is connected yet. `flask --app wsgi workspaces add --help` says how."
    tell(lines or nobody, [_shown(workspace) for workspace in found], as_json=as_json)


def _token(given: str) -> str:
    """`-` reads it from standard input, which no shell remembers. Raises BadParameter for what can be no token."""
    token = (sys.stdin.readline() if given == "-" else given).strip()
    if not token:
        raise click.BadParameter("the token is empty, so nothing was stored", param_hint="'--token'")
    if not (token.isascii() and token.isprintable()):
        raise click.BadParameter("the token has characters that no token has: copy it anew", param_hint="'--token'")
    return token


def _checked(workspace: Workspace, *, as_json: bool) -> tuple[Workspace, str | None]:
    """Ask Intercom whose token this is; end the command when it is another workspace's.

    Also answers what could not be made sure of, in a sentence.
    """
    try:
        account = services().intercom(workspace).me()
    except Disconnected:
        refuse(
            "Intercom does not accept this token. Copy the access token anew from your app's Authentication page"
            f" in the Developer Hub, and check that the workspace is really in region {workspace.region}.",
            as_json=as_json,
        )
    except IntercomError as fault:
        return workspace, f"The token could not be checked: {fault} `flask --app wsgi doctor` checks it again."
    if account.workspace_id != workspace.id:
        refuse(
            f"This token belongs to workspace {account.workspace_id}, not to {workspace.id}. Nothing was stored."
            " Use that id, or the token of the other workspace.",
            as_json=as_json,
        )
    known = replace(
        workspace,
        name=account.name,
        timezone=account.timezone if account.timezone and is_timezone(account.timezone) else "UTC",
        admin_id=account.admin_id,
    )
    return known, _region_doubt(workspace, account)


def _region_doubt(workspace: Workspace, account: Account) -> str | None:
    """Intercom does not document how it spells a region here, so a difference is told and not refused."""
    if account.region is None or account.region == workspace.region:
        return None
    return (
        f"Intercom says that this workspace is in region {account.region}, not in {workspace.region}. If calls fail,"
        f" run this again with --region {account.region}."
    )


def _shown(workspace: Workspace) -> Json:
    return {
        "id": workspace.id,
        "region": workspace.region,
        "name": workspace.name,
        "timezone": workspace.timezone,
        "admin_id": workspace.admin_id,
        "has_token": workspace.token is not None,
        "from_environment": services().workspaces.is_private(workspace.id),
        "revoked_at": workspace.revoked_at.isoformat() if workspace.revoked_at else None,
        "uninstalled_at": workspace.uninstalled_at.isoformat() if workspace.uninstalled_at else None,
        "settings": workspace.settings.to_json(),
    }


def _line(workspace: Workspace) -> str:
    told = workspace.settings.told()
    settings = " ".join(f"{key}={shlex.quote(value)}" for key, value in told.items())
    name = f" {workspace.name!r}" if workspace.name else ""
    return (
        f"{workspace.id}{name}{_trouble(workspace)} region={workspace.region} timezone={workspace.timezone} {settings}"
    )


def _trouble(workspace: Workspace) -> str:
    if workspace.uninstalled_at is not None:
        return f" (uninstalled on {workspace.uninstalled_at:%Y-%m-%d})"
    if workspace.revoked_at is not None:
        return f" (Intercom refuses its token since {workspace.revoked_at:%Y-%m-%d %H:%M} UTC)"
    return ""
