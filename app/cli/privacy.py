"""`privacy export|erase`: all that is held of one person, and its end."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.channels.base import Account
from app.channels.registry import adapters
from app.channels.typed_sender import BadSender, read_typed_sender
from app.cli.offices import named_workspace
from app.cli.output import as_json, kind_faults, refuse, tell, workspace_id
from app.domain.workspace import Workspace
from app.usecases.erase_person import Erased, erase_contact, erase_sender
from app.usecases.export_person import Exported, export_contact, export_sender, record_export

privacy = AppGroup("privacy", help="Show what is held of a person, and erase it.")
_ONE_OF_TWO = "Name the person with --contact ID, or with --channel SLUG and --sender ID."
_LATER = (
    "Intercom was not asked and still has what it has: delete the contact there too. Whoever writes to you later is a"
    " stranger to Kinbox and becomes a new lead."
)
_WORDS = {
    "identities": ("channel identity", "channel identities"),
    "conversations": ("link to a conversation", "links to conversations"),
    "events": ("stored message", "stored messages"),
    "merges": ("merge with both contacts as they were", "merges with both contacts as they were"),
    "known_contacts": ("contact seen lately", "contacts seen lately"),
    "known_lately": ("contact seen lately", "contacts seen lately"),
    "matches_of_others": ("mention in why somebody else was linked", "mentions in why others were linked"),
    "audit_entries": ("mention in what was recorded", "mentions in what was recorded"),
    "recorded": ("record of what was done", "records of what was done"),
    "merged_away": ("redirect between contact ids", "redirects between contact ids"),
    "gone": ("mark that a contact is gone", "marks that contacts are gone"),
}
_LARGEST_ID = 2**31 - 1
Command = Callable[..., None]


@dataclass(frozen=True, kw_only=True)
class _Named:
    """The person whom the options name; of the spellings of a sender the one under which most is held."""

    workspace: Workspace
    contact_id: str | None
    channel: int | str = ""
    senders: tuple[str, ...] = field(default=(), repr=False)

    def held(self) -> tuple[str, Exported]:
        """The sender as they are stored ("" for a contact), and what is held."""
        if self.contact_id is not None:
            return "", export_contact(self.workspace, self.contact_id, at=_now())
        every = [(one, export_sender(self.workspace, self.channel, one, at=_now())) for one in self.senders]
        return max(every, key=lambda one: sum(one[1].counts.values()))

    def erase(self, sender: str) -> Erased:
        if self.contact_id is not None:
            return erase_contact(self.workspace, self.contact_id, why="erased", by=None, at=_now())
        return erase_sender(self.workspace, self.channel, sender, why="erased", by=None, at=_now())


def _whose(command: Command) -> Command:
    """The options that name a person."""
    options = (
        click.option("--workspace", "app_id", callback=lambda *given: given[2] and workspace_id(*given)),
        click.option("--contact", "contact_id", help="The contact's id in Intercom."),
        click.option("--channel", "slug", help="The channel, such as telegram; goes with --sender."),
        click.option("--sender", help="The sender as the provider names them, or their phone."),
        click.option(
            "--account",
            type=click.IntRange(1, _LARGEST_ID),
            help="One channel account only, by the id that `channels list` shows.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@privacy.command("export")
@_whose
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write a new file, for you alone.")
@as_json
@kind_faults
def export(output: Path | None, *, as_json: bool, **whose: Any) -> None:
    """Everything that Kinbox holds of a person, as JSON. Ends with 1 when it holds nothing."""
    person = _named(**whose, as_json=as_json)
    _sender, exported = person.held()
    if exported.nothing:
        refuse("Kinbox holds nothing of this person.", as_json=as_json)
    written = json.dumps(exported.document, ensure_ascii=False, indent=2)
    if output is not None:
        _write(output, f"{written}\n", as_json=as_json)
    record_export(person.workspace, exported, by=None, at=_now())
    if output is None:
        click.echo(written)
        return
    told = f"Written to {output}, which only you may read: {', '.join(_counted(exported.counts))}."
    tell(told, {"file": str(output), **exported.counts}, as_json=as_json)


@privacy.command("erase")
@_whose
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
@as_json
@kind_faults
def erase(*, yes: bool, as_json: bool, **whose: Any) -> None:
    """Erase a person for good: the contact, whoever was merged with it, every channel, every message.

    A message of theirs that has not been brought into Intercom yet goes too.
    """
    person = _named(**whose, as_json=as_json)
    sender, held = person.held()
    if held.nothing and person.contact_id is None:
        refuse("Kinbox holds nothing of this person.", as_json=as_json)
    if not yes:
        _confirm(held, as_json=as_json)
    erased = person.erase(sender)
    answer = {"contact_ids": erased.contact_ids, **erased.counts}
    tell("\n".join(_erased_lines(erased)), answer, as_json=as_json)


def _confirm(held: Exported, *, as_json: bool) -> None:
    if as_json:
        refuse("With --json nothing is asked: add --yes to erase.", as_json=True, misuse=True)
    contacts = held.document["contact_ids"]
    if contacts:
        click.echo(f"In Intercom this person is {' and '.join(contacts)}.")
    click.echo(f"Kinbox holds {', '.join(_counted(held.counts)) or 'nothing'}.")
    click.confirm("Erase all of it? It cannot be brought back", abort=True)


def _erased_lines(erased: Erased) -> Iterator[str]:
    told = dict(erased.counts)
    waiting = told.pop("waiting")
    yield f"Erased: {', '.join(_counted(told)) or 'nothing was held'}."
    if waiting:
        were = "1 of the messages had" if waiting == 1 else f"{waiting} of the messages had"
        yield f"{were} not been brought into Intercom yet."
    yield _LATER


def _counted(counts: Mapping[str, int]) -> Iterator[str]:
    return (f"{number} {_WORDS[part][number != 1]}" for part, number in counts.items() if number)


def _named(
    *,
    app_id: str | None,
    contact_id: str | None,
    slug: str | None,
    sender: str | None,
    account: int | None,
    as_json: bool,
) -> _Named:
    by_sender = slug is not None and sender is not None
    if (contact_id is None) is not by_sender or (contact_id is not None and (slug, sender, account) != (None,) * 3):
        refuse(_ONE_OF_TWO, as_json=as_json, misuse=True)
    if contact_id is not None and not contact_id.isprintable():
        refuse("--contact has a character that no contact's id has.", as_json=as_json, misuse=True)
    workspace = named_workspace(app_id, as_json=as_json, needs_token=False)
    if slug is None or sender is None:
        return _Named(workspace=workspace, contact_id=str(contact_id).strip())
    if slug not in adapters():
        refuse(f"There is no such channel. The channels are: {', '.join(adapters())}.", as_json=as_json, misuse=True)
    senders = _spellings(workspace, slug, sender, as_json=as_json)
    channel = slug if account is None else account
    return _Named(workspace=workspace, contact_id=None, channel=channel, senders=senders)


def _spellings(workspace: Workspace, slug: str, sender: str, *, as_json: bool) -> tuple[str, ...]:
    """As typed, and where it is a phone also in E.164, as it is stored."""
    adapter = adapters()[slug](Account(address="", country=workspace.settings.country))
    try:
        typed = read_typed_sender(adapter, sender, phone=None, aliases=())
    except BadSender as fault:
        refuse(str(fault), as_json=as_json, misuse=True)
    return tuple(dict.fromkeys([typed.ids[0], *([typed.phone] if typed.phone else [])]))


def _write(path: Path, text: str, *, as_json: bool) -> None:
    """A new file with mode 0600 from its first byte on; never one that is there already, nor where a link points."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        refuse(f"{path} is there already, and is not overwritten. Name another file.", as_json=as_json)
    except OSError as fault:
        refuse(f"{path} cannot be written: {fault.strerror}.", as_json=as_json)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _now() -> datetime:
    return datetime.now(UTC)
