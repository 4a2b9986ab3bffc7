"""`failed list|show|replay`: events that could not be brought into Intercom, and a second chance for them."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from app.cli.offices import named_workspace
from app.cli.output import Json, as_json, kind_faults, refuse, tell, workspace_id
from app.domain.counting import count
from app.storage import inbox
from app.storage.database import transaction
from app.storage.inbox import StoredEvent
from app.usecases.failed_events import read_payload, replay_failed

LISTED = 100
_PERSONAL = "The payload is what a customer wrote: show it to nobody who need not see it, and paste it nowhere."

failed = AppGroup("failed", help="Look at events that failed for good, and try them again.")


@failed.command("list")
@click.option("--workspace", "app_id", callback=lambda *given: workspace_id(*given) if given[2] else None)
@click.option("--limit", type=click.IntRange(1, 10_000), default=LISTED, show_default=True)
@as_json
@kind_faults
def list_failed(app_id: str | None, limit: int, *, as_json: bool) -> None:
    """The events that failed, the newest first."""
    if app_id is not None:
        named_workspace(app_id, as_json=as_json, needs_token=False)
    with transaction() as connection:
        events = inbox.dead(connection, workspace_id=app_id, limit=limit)
    lines = [_line(event) for event in events] or ["No event has failed."]
    tell("\n".join(lines), {"failed": [_facts(event) for event in events]}, as_json=as_json)


@failed.command("show")
@click.argument("event_id", type=int)
@click.option("--payload", "with_payload", is_flag=True, help="Show the stored event itself: it is personal data.")
@as_json
@kind_faults
def show(event_id: int, *, with_payload: bool, as_json: bool) -> None:
    """One event: its ids, state, reason and times."""
    with transaction() as connection:
        event = inbox.get(connection, event_id)
    if event is None:
        refuse(_unknown(event_id), as_json=as_json)
    facts = _facts(event)
    lines = [f"{name:<12} {value}" for name, value in facts.items() if value is not None]
    if with_payload:
        if read_payload(event.workspace_id, event_id, by=None, at=datetime.now(UTC)) is None:
            refuse(f"Event {event_id} has not failed: what it holds is shown of failed ones only.", as_json=as_json)
        facts |= {"warning": _PERSONAL, "payload": dict(event.payload), "steps": dict(event.steps)}
        lines += [_PERSONAL, f"{'payload':<12} {event.payload}", f"{'steps':<12} {event.steps}"]
    if event.state == "dead":
        lines.append(f"Once its cause is mended: flask --app wsgi failed replay {event.id}")
    tell("\n".join(lines), facts, as_json=as_json)


@failed.command("replay")
@click.argument("event_ids", type=int, nargs=-1)
@click.option("--all", "every", is_flag=True, help="Replay everything that failed.")
@click.option("--workspace", "app_id", callback=lambda *given: workspace_id(*given) if given[2] else None)
@as_json
@kind_faults
def replay(event_ids: tuple[int, ...], app_id: str | None, *, every: bool, as_json: bool) -> None:
    """Try failed events again. What they did in Intercom already is not done twice."""
    if bool(event_ids) == every:
        refuse("Give the ids that `failed list` shows, or --all.", as_json=as_json, misuse=True)
    if app_id is not None and not every:
        refuse("--workspace goes with --all.", as_json=as_json, misuse=True)
    if app_id is not None:
        named_workspace(app_id, as_json=as_json, needs_token=False)
    wanted = _all_failed(app_id) if every else event_ids
    replayed = [event_id for event_id in wanted if _replay(event_id)]
    missed = [event_id for event_id in wanted if event_id not in replayed]
    lines = [f"{count(len(replayed), 'event')} will be tried again."]
    lines += [f"Event {event_id} is not among the failed ones: see `failed list`." for event_id in missed]
    tell("\n".join(lines), {"replayed": replayed, "not_failed": missed}, as_json=as_json)
    if missed:
        raise click.exceptions.Exit(1)


def _all_failed(app_id: str | None) -> tuple[int, ...]:
    with transaction() as connection:
        return inbox.dead_ids(connection, app_id)


def _replay(event_id: int) -> bool:
    with transaction() as connection:
        event = inbox.get(connection, event_id)
    now = datetime.now(UTC)
    return event is not None and replay_failed(event.workspace_id, [event_id], by=None, at=now) == 1


def _line(event: StoredEvent) -> str:
    when = _written(event.finished_at or event.received_at)
    return f"{event.id:<8} {when}  {event.workspace_id}  {event.source}  {event.last_error}"


def _facts(event: StoredEvent) -> Json:
    """Nothing personal: no lane, which names a sender, and no text."""
    return {
        "id": event.id,
        "workspace": event.workspace_id,
        "source": event.source,
        "account": event.account_id,
        "event_id": event.event_id,
        "state": event.state,
        "reason": event.last_error,
        "attempts": event.attempts,
        "received_at": _written(event.received_at),
        "next_try_at": _written(event.next_try_at) if event.state == "waiting" else None,
        "finished_at": _written(event.finished_at) if event.finished_at else None,
    }


def _written(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _unknown(event_id: int) -> str:
    return f"There is no event {event_id}. `flask --app wsgi failed list` shows the ids of those that failed."
