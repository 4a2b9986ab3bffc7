"""What `doctor` looks at. Each check answers findings; none changes anything unless it is told to mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import requests

from app.cli.notification_checks import check_notifications
from app.cli.walk_checks import check_walk
from app.deadline import Deadline
from app.domain.findings import Finding
from app.domain.matching import channel_attribute
from app.domain.workspace import Workspace
from app.intercom.answers import Account
from app.intercom.client import Intercom
from app.intercom.errors import Disconnected, Forbidden, IntercomError
from app.services import Services
from app.storage.crypto import UnreadableSecret
from app.storage.database import transaction
from app.usecases.check_channels import check_channels
from app.usecases.data_attributes import make_attributes

WORKSPACE_S = 30.0
"""For all the questions about one workspace."""
PUBLIC_URL_S = 5.0
_ANYBODY = {"field": "role", "operator": "=", "value": "user"}


def check_all(objects: Services, *, fix: bool) -> Iterator[Finding]:
    """Settings, public URL, database, every workspace and every channel. With `fix` missing attributes are made."""
    yield Finding("ok", "The settings are complete.")
    yield check_public_url(objects.settings.public_url)
    if objects.settings.client_id is not None:
        yield check_oauth(objects)
    faults = objects.database.faults()
    yield from (Finding("fail", fault.what, fault.mend) for fault in faults)
    if not faults:
        yield Finding("ok", "The database answers and is at the version of this code.")
        yield from _check_workspaces(objects, fix=fix)
        yield from _check_channels(objects)


def check_public_url(url: str | None) -> Finding:
    """Whether Kinbox can be reached where the outside is told to look for it."""
    if url is None:
        return Finding(
            "warn",
            "KINBOX_PUBLIC_URL is not set, so the addresses for Intercom and for providers are not known.",
            "Set it to the address under which the internet reaches Kinbox, such as https://kinbox.example.com.",
        )
    if not url.startswith("https://"):
        return Finding(
            "warn",
            "KINBOX_PUBLIC_URL is not https.",
            "Intercom and most providers call https only: put Kinbox behind a proxy with a certificate.",
        )
    try:
        answer = requests.get(f"{url}/health/live", timeout=PUBLIC_URL_S, allow_redirects=False)
    except requests.RequestException:
        answer = None
    if answer is None or answer.status_code != 200:
        return Finding(
            "warn",
            "Kinbox does not answer at KINBOX_PUBLIC_URL.",
            "Start the web process and check the proxy; /health/live under that address should answer 200.",
        )
    return Finding("ok", "Kinbox answers at KINBOX_PUBLIC_URL.")


def check_oauth(objects: Services) -> Finding:
    """Whether admins can install the app and sign in. Who has no client id wants neither."""
    if objects.oauth() is None:
        return Finding(
            "warn",
            "INTERCOM_CLIENT_ID is set and KINBOX_PUBLIC_URL is not, so nobody can install the app or sign in.",
            "Set KINBOX_PUBLIC_URL, and enter it with /intercom/callback behind it as a redirect URL in the Developer"
            " Hub.",
        )
    return Finding("ok", "Admins can install the app and sign in to the admin page.")


def _check_channels(objects: Services) -> Iterator[Finding]:
    with transaction() as connection:
        served = dict.fromkeys(one.workspace_id for one in objects.channels.list(connection))
    if not served:
        yield Finding(
            "warn",
            "No channel is connected yet.",
            "Run `flask --app wsgi channels add --help`: it says what is needed.",
        )
    for app_id in served:
        yield from check_channels(objects.office(app_id))


def _check_workspaces(objects: Services, *, fix: bool) -> Iterator[Finding]:
    with transaction() as connection:
        ids = objects.workspaces.ids(connection)
    if not ids:
        yield Finding(
            "warn",
            "No workspace is connected yet.",
            "Run `flask --app wsgi workspaces add --id APP_ID --region us|eu|au --token TOKEN`.",
        )
    for app_id in ids:
        found = (
            *_check_stored(objects, app_id, fix=fix),
            *check_notifications(app_id, objects.settings.public_url),
            *check_walk(app_id, datetime.now(UTC)),
        )
        for finding in found:
            yield Finding(finding.level, finding.what, finding.mend, app_id)


def _check_stored(objects: Services, app_id: str, *, fix: bool) -> Iterator[Finding]:
    again = f"Run `flask --app wsgi workspaces add --id {app_id} ...` with the token from the Developer Hub."
    try:
        with transaction() as connection:
            workspace = objects.workspaces.get(connection, app_id)
    except UnreadableSecret as fault:
        yield Finding("fail", "The stored token cannot be read.", str(fault))
        return
    if workspace is not None and workspace.uninstalled_at is not None:
        yield Finding(
            "warn",
            f"The app was uninstalled here on {workspace.uninstalled_at:%Y-%m-%d}. Messages wait, and links are kept"
            f" for {workspace.settings.link_retention_days} days.",
            "Let an admin of the workspace install it again, or remove its channels.",
        )
        return
    if workspace is None or workspace.token is None:
        yield Finding("fail", "There is no token for this workspace.", again)
        return
    intercom = objects.intercom(workspace, deadline=Deadline.after(WORKSPACE_S), notes_refusal=False)
    yield from check_workspace(workspace, intercom, fix=fix)


def check_workspace(workspace: Workspace, intercom: Intercom, *, fix: bool) -> Iterator[Finding]:
    """Whether the token works, is this workspace's, and may do what Kinbox does."""
    try:
        account = intercom.me()
    except Disconnected:
        yield Finding(
            "fail",
            f"Intercom does not accept the token in region {workspace.region}.",
            "Run `flask --app wsgi workspaces add` again with the token from the app's Authentication page, and the"
            " region in which the workspace is hosted.",
        )
        return
    except IntercomError as fault:
        yield Finding("fail", str(fault), "Check the network and Intercom's status page, then try again.")
        return
    yield from _check_account(workspace, account)
    yield from _check_admins(workspace, intercom)
    may_search = _asked(
        lambda: intercom.search_contacts(_ANYBODY, per_page=1), "search contacts", "Read and list users"
    )
    yield may_search or Finding("ok", "The token may search contacts.")
    yield from _check_assignee(workspace, intercom)
    yield from _check_attribute(workspace.settings.cda_prefix, intercom, fix=fix)


def _check_account(workspace: Workspace, account: Account) -> Iterator[Finding]:
    if account.workspace_id != workspace.id:
        yield Finding(
            "fail",
            f"The token belongs to workspace {account.workspace_id}.",
            "Store the token of this workspace, or connect the other one under its own id.",
        )
    elif account.region not in {None, workspace.region}:
        yield Finding(
            "fail",
            f"The workspace is in region {account.region}, but is stored as {workspace.region}.",
            f"Run `flask --app wsgi workspaces add` again with --region {account.region}.",
        )
    else:
        yield Finding("ok", f"The token is this workspace's, in region {workspace.region}.")


def _check_admins(workspace: Workspace, intercom: Intercom) -> Iterator[Finding]:
    known: set[str] = set()
    refused = _asked(lambda: known.update(admin.id for admin in intercom.admins()), "read teammates", "Read admins")
    if refused:
        yield refused
    elif workspace.admin_id is not None and workspace.admin_id not in known:
        yield Finding(
            "warn",
            "The admin in whose name notes are written is no teammate any more.",
            f"Run `flask --app wsgi workspaces set {workspace.id} admin_id=ID` with the id of a teammate.",
        )
    else:
        yield Finding("ok", "The token may read teammates.")


def _check_assignee(workspace: Workspace, intercom: Intercom) -> Iterator[Finding]:
    """Nothing to say where new conversations are assigned to nobody."""
    assignee = workspace.settings.assignee
    if assignee is None:
        return
    known: set[str] = set()
    ask = intercom.admins if assignee.kind == "admin" else intercom.teams
    refused = _asked(lambda: known.update(one.id for one in ask()), "read teammates and teams", "Read admins")
    if refused:
        yield refused
    elif assignee.id not in known:
        yield Finding(
            "warn",
            f"New conversations are assigned to {workspace.settings.assign_to}, which is not there any more.",
            f"Run `flask --app wsgi workspaces set {workspace.id} assign_to=none`, or with the id of one that is.",
        )
    else:
        yield Finding("ok", f"New conversations are assigned to {workspace.settings.assign_to}.")


def _check_attribute(prefix: str, intercom: Intercom, *, fix: bool) -> Iterator[Finding]:
    name = channel_attribute(prefix)
    found: dict[str, bool] = {}
    refused = _asked(
        lambda: found.update(
            {one.name: one.archived for one in intercom.data_attributes(include_archived=True) if one.custom}
        ),
        "read data attributes",
        "Read and list users and companies",
    )
    if refused:
        yield refused
    elif name not in found and fix:
        made = _asked(
            lambda: make_attributes(intercom, prefix),
            f"make the data attribute {name}",
            "Write data attributes",
        )
        yield made or Finding("ok", f"The data attribute {name} was missing and is made now.")
    elif name not in found:
        yield Finding(
            "warn",
            f"Contacts have no data attribute {name}.",
            "Run `flask --app wsgi doctor --fix`, or make it by hand: Settings > Data > People, type text.",
        )
    elif found[name]:
        yield Finding("fail", f"The data attribute {name} is archived.", "Unarchive it in Settings > Data > People.")
    else:
        yield Finding("ok", f"Contacts have the data attribute {name}.")


def _asked(ask: Callable[[], object], deed: str, permission: str) -> Finding | None:
    """None when Intercom did it; else what stood in the way."""
    try:
        ask()
    except (Forbidden, Disconnected):
        return Finding(
            "fail",
            f"The token may not {deed}.",
            f"Tick the permission `{permission}` on the app's Authentication page in the Developer Hub.",
        )
    except IntercomError as fault:
        return Finding("fail", f"Could not {deed}: {fault}", "Try again; if it stays, ask Intercom's support.")
    return None
