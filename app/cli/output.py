"""How commands speak: plain lines for people, one JSON value with --json; exit 0, 1 (fault) or 2 (misuse)."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from typing import Any, NoReturn, ParamSpec, TypeVar

import click
from sqlalchemy.exc import ProgrammingError

from app.domain.workspace_settings import BadSetting
from app.errors import AppError
from app.logs import quiet_logs
from app.services import services
from app.storage.database import DatabaseUnavailable

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_WORKSPACE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def tell(lines: str, answer: object, *, as_json: bool) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else lines)


def refuse(sentence: str, *, as_json: bool, misuse: bool = False) -> NoReturn:
    """End the command with what is wrong and what to do: 2 for a wrong command line, else 1."""
    if as_json:
        click.echo(json.dumps({"error": sentence}, ensure_ascii=False))
    else:
        click.echo(sentence, err=True)
    raise click.exceptions.Exit(2 if misuse else 1)


def kind_faults(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Tell an error of ours in its own words instead of a traceback, with no log lines between the words."""

    @functools.wraps(command)
    def wrapped(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        as_json = bool(kwargs.get("as_json"))
        try:
            with quiet_logs():
                return command(*args, **kwargs)
        except (DatabaseUnavailable, ProgrammingError) as fault:
            refuse(_database_words(fault), as_json=as_json)
        except AppError as fault:
            refuse(str(fault), as_json=as_json, misuse=isinstance(fault, BadSetting))

    return wrapped


def _database_words(fault: Exception) -> str:
    """A database that was never migrated looks broken in many ways: say so in the words of the health check."""
    faults = services().database.faults()
    if faults:
        return f"{faults[0].what} {faults[0].mend}"
    if isinstance(fault, AppError):
        return str(fault)
    return "The database refused the command. This is a fault of Kinbox: please report it with the log."


def workspace_id(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """An app id as Intercom writes it: letters, digits, - and _."""
    if not _WORKSPACE_ID.fullmatch(value):
        raise click.BadParameter("this is the id in the address of your Inbox, behind /a/inbox/ or /a/apps/")
    return value


Json = dict[str, Any]
