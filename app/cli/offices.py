"""For whom a command works: the operator of one workspace, and what was given as KEY=VALUE."""

from __future__ import annotations

import sys

from app.cli.output import refuse
from app.domain.workspace import Workspace
from app.services import services
from app.storage.database import transaction
from app.usecases.office import NoSuchWorkspace, Office


def office_of(app_id: str, *, as_json: bool) -> Office:
    """The operator's office in this workspace; the command ends when there is none."""
    office = services().office(app_id)
    with transaction() as connection:
        try:
            office.workspace(connection)
        except NoSuchWorkspace as fault:
            refuse(
                f"{fault} Add it first with `flask --app wsgi workspaces add`; `flask --app wsgi workspaces list` shows"
                " those there are.",
                as_json=as_json,
            )
    return office


def named_workspace(app_id: str | None, *, as_json: bool, needs_token: bool = True) -> Workspace:
    """The workspace with this id, or the only one there is; the command ends when it cannot be told which.

    Without `needs_token` also one whose token no key opens, and with no token. Raises UnreadableSecret.
    """
    directory = services().workspaces
    with transaction() as connection:
        ids = directory.ids(connection) if app_id is None else (app_id,)
        if len(ids) > 1:
            refuse("There are several workspaces: say which with --workspace.", as_json=as_json, misuse=True)
        read = directory.get if needs_token else directory.known
        workspace = read(connection, ids[0]) if ids else None
    if workspace is None:
        refuse(
            f"There is no workspace{f' {app_id}' if app_id else ''}. `flask --app wsgi workspaces list` shows those"
            " there are.",
            as_json=as_json,
        )
    return workspace


def office_of_account(account_id: int, app_id: str | None, *, as_json: bool) -> Office:
    """The operator's office in the workspace of this channel account; with `app_id` in that one only."""
    with transaction() as connection:
        found = services().channels.list(connection, workspace_id=app_id)
    account = next((one for one in found if one.id == account_id), None)
    if account is None:
        refuse(
            f"There is no channel account {account_id}. `flask --app wsgi channels list` shows those there are.",
            as_json=as_json,
        )
    return services().office(account.workspace_id)


def read_pairs(given: tuple[str, ...], option: str, *, as_json: bool) -> dict[str, str]:
    """What was given as KEY=VALUE, KEY=- from standard input; the command ends where there is no value."""
    read: dict[str, str] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        value = sys.stdin.readline().strip() if value == "-" else value.strip()
        if not (equals and value):
            refuse(f"{key} has no value. Write {option}{key}=VALUE.", as_json=as_json, misuse=True)
        read[key.strip()] = value
    return read
