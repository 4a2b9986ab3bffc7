"""`reconcile`: walk the links of one workspace or of all, repair what can be repaired, tell what is left."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from flask.cli import with_appcontext

from app.cli.output import Json, as_json, kind_faults, refuse, tell, workspace_id
from app.domain.reconciling import Code, Tally
from app.domain.workspace import Workspace
from app.intercom.errors import Disconnected
from app.services import services
from app.storage import linked_contacts
from app.storage.database import transaction
from app.usecases.reconcile_links import LEASE, Walked
from app.worker.walking import wait_for_claim, walk_links

PROGRESS_EVERY_S = 5.0
_SHOWN_IDS = 20
_WORDS: dict[Code, tuple[str, str]] = {
    "not_served": (
        "no longer served by Intercom, which does not say why (archived, deleted or blocked there).",
        "Restore in Intercom whom somebody archived by mistake. For the others nothing has to be done: the next message"
        " of a sender who is linked there is matched anew.",
    ),
    "merged_nowhere": (
        "merged, but Intercom does not say into whom.",
        "Look for the person in Intercom, and link the channel to that contact from the sidebar.",
    ),
    "merge_loop": (
        "merged in a circle, says Intercom, so that nobody is at its end.",
        "Look for the person in Intercom, link the channel to that contact from the sidebar, and tell Intercom's"
        " support.",
    ),
    "not_told": (
        "of which Intercom tells nothing that could be read: it refuses their ids, or answers oddly.",
        "Look whether these are ids of contacts (24 letters and digits). Where not, link the channel anew from the"
        " sidebar, or wait for the sender's next message.",
    ),
    "attributes_refused": (
        "without the channel's data attributes, which Intercom refuses to have written.",
        "`flask --app wsgi doctor` says which attribute or permission is missing.",
    ),
}


@click.command("reconcile")
@click.option(
    "--workspace",
    "app_id",
    callback=lambda *given: given[2] and workspace_id(*given),
    help="The Intercom workspace; all of them when it is left out.",
)
@as_json
@with_appcontext
@kind_faults
def reconcile(app_id: str | None, *, as_json: bool) -> None:
    """Look at every linked contact in Intercom, follow merges, write back what was lost. Ctrl+C keeps the place.

    Ends with 0 when all is well, with 1 when something is left to do or Intercom could not be asked, with 2 for a wrong
    command.
    """
    workspaces = _workspaces(app_id, as_json=as_json)
    with _stopped_by_signals() as stopping:
        answers = [(workspace, _walk(workspace, stopping)) for workspace in workspaces if not stopping.is_set()]
    lines = [line for workspace, walked in answers for line in _lines(workspace, walked)]
    facts = [_facts(workspace, walked) for workspace, walked in answers]
    tell("\n".join(lines), {"workspaces": facts}, as_json=as_json)
    if len(answers) < len(workspaces) or not all(_is_well(walked) for _, walked in answers):
        raise click.exceptions.Exit(1)


def _workspaces(app_id: str | None, *, as_json: bool) -> tuple[Workspace, ...]:
    with transaction() as connection:
        if app_id is None:
            found = tuple(one for one in services().workspaces.list(connection) if one.token is not None)
            if not found:
                refuse("No workspace is connected: `flask --app wsgi workspaces add` adds one.", as_json=as_json)
            return found
        workspace = services().workspaces.get(connection, app_id)
    if workspace is None:
        refuse(
            f"There is no workspace {app_id}. `flask --app wsgi workspaces list` shows those there are.",
            as_json=as_json,
        )
    return (workspace,)


def _walk(workspace: Workspace, stopping: threading.Event) -> Walked:
    """A walk that another process died in is gone on with, once its claim has ended."""
    with transaction() as connection:
        total = linked_contacts.count(connection, workspace.id)
    while True:
        walked = walk_links(services(), workspace, stopping, told=_progress(workspace, total))
        if walked.state != "busy" or not wait_for_claim(workspace.id, stopping, LEASE.total_seconds() * 2):
            return walked


def _progress(workspace: Workspace, total: int) -> Callable[[Tally], None]:
    """A line on stderr every few seconds, for whoever waits."""
    told_at_s = time.monotonic()

    def told(tally: Tally) -> None:
        nonlocal told_at_s
        if time.monotonic() - told_at_s < PROGRESS_EVERY_S:
            return
        told_at_s = time.monotonic()
        of_all = f"of about {max(total, tally.checked):,} linked contacts looked at"
        click.echo(f"{workspace.id}: {tally.checked:,} {of_all}, {tally.repaired:,} repaired.", err=True)

    return told


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """SIGTERM and Ctrl+C end the walk between two calls, a second one at once."""
    stopping = threading.Event()
    former = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}

    def restore() -> None:
        for one, handler in former.items():
            signal.signal(one, handler)

    def stop(*_: object) -> None:
        restore()
        stopping.set()

    for one in former:
        signal.signal(one, stop)
    try:
        yield stopping
    finally:
        restore()


def _is_well(walked: Walked) -> bool:
    return walked.state == "finished" and walked.tally.left == 0


def _lines(workspace: Workspace, walked: Walked) -> Iterator[str]:
    tally = walked.tally
    if walked.state == "busy":
        yield f"{workspace.id}: another process walks these links now. Look again when it is done."
        return
    went_on = " (an earlier walk was gone on with)" if walked.resumed else ""
    yield (
        f"{workspace.id}: {_counted(tally.checked, 'linked contact')} looked at{went_on}, {tally.repaired:,} repaired,"
        f" {tally.left:,} left to you. {_counted(walked.calls, 'call')} to Intercom this time."
    )
    for one in tally.unresolved:
        what, mend = _WORDS[one.code]
        more = f" and {one.count - _SHOWN_IDS:,} more" if one.count > _SHOWN_IDS else ""
        yield f"  {_counted(one.count, 'contact')} {what}"
        yield f"    {', '.join(one.contact_ids[:_SHOWN_IDS])}{more}"
        yield f"    {mend}"
    if walked.state == "stopped":
        yield f"  {_why_stopped(workspace, walked)} The place is kept: run this again, and it is gone on with."


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _why_stopped(workspace: Workspace, walked: Walked) -> str:
    if walked.fault is None:
        return "Stopped before the end, as you wished."
    if isinstance(walked.fault, Disconnected):
        return f"Stopped: {walked.fault} `flask --app wsgi doctor` says more about {workspace.id}."
    return f"Stopped: {walked.fault}"


def _facts(workspace: Workspace, walked: Walked) -> Json:
    return {
        "workspace_id": workspace.id,
        "state": walked.state,
        "resumed": walked.resumed,
        "checked": walked.tally.checked,
        "repaired": walked.tally.repaired,
        "unresolved": walked.tally.unresolved_json(),
        "calls": walked.calls,
        "waited_s": round(walked.waited.total_seconds(), 1),
        "why_stopped": _why_stopped(workspace, walked) if walked.state == "stopped" else None,
    }
