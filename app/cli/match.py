"""`match`: who would match? Channel and sender in; contact, rule and runners-up out. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from app.channels.base import Account, Adapter
from app.channels.registry import adapters
from app.channels.typed_sender import BadSender, read_typed_sender
from app.cli.offices import named_workspace
from app.cli.output import Json, as_json, kind_faults, refuse, tell, workspace_id
from app.deadline import Deadline
from app.domain.matching import Found
from app.domain.workspace import Workspace
from app.intercom.errors import IntercomError, RateLimited
from app.intercom.regions import profile_url
from app.services import services
from app.storage.channels import StoredAccount
from app.storage.database import transaction
from app.storage.lanes import Person
from app.usecases.bridge.would_match import WouldMatch, who_would_match

INTERCOM_S = 20.0

_WORDS = "Give the channel and the sender, as `match SLUG SENDER` or with --channel and --sender."


@dataclass(frozen=True, kw_only=True)
class _Question:
    workspace: Workspace
    account: StoredAccount | None
    adapter: Adapter
    person: Person


@click.command("match")
@click.argument("words", nargs=-1, metavar="[SLUG] [SENDER]")
@click.option(
    "--workspace",
    "app_id",
    callback=lambda *given: given[2] and workspace_id(*given),
    help="The Intercom workspace; may be left out where there is one only.",
)
@click.option("--channel", "slug", help="The channel, such as telegram; instead of SLUG.")
@click.option("--account", "which", help="The channel account, by its id or address; needed where there are several.")
@click.option("--sender", help="The sender as the provider names them; instead of SENDER.")
@click.option("--phone", help="The sender's number, where the sender id is not one (WhatsApp user ids).")
@click.option("--alias", "aliases", multiple=True, help="A further id of the same sender.")
@as_json
@with_appcontext
@kind_faults
def match(
    words: tuple[str, ...],
    app_id: str | None,
    slug: str | None,
    which: str | None,
    sender: str | None,
    phone: str | None,
    aliases: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Who would a message of this sender come to? Tells the contact, the rule and the runners-up; changes nothing.

    Ends with 0 when somebody matches, with 1 when nobody does or it cannot be told now, with 2 for a wrong command.
    """
    slug, sender = _slug_and_sender(words, slug, sender, as_json=as_json)
    workspace = named_workspace(app_id, as_json=as_json)
    account = _account(workspace, slug, which, as_json=as_json)
    adapter = _adapter(workspace, slug, account)
    person = _person(adapter, sender, phone, aliases, as_json=as_json)
    question = _Question(workspace=workspace, account=account, adapter=adapter, person=person)
    answer = _ask(question, as_json=as_json)
    tell("\n".join(_lines(question, answer)), _facts(question, answer), as_json=as_json)
    if not isinstance(answer.found, Found):
        raise click.exceptions.Exit(1)


def _slug_and_sender(words: tuple[str, ...], slug: str | None, sender: str | None, *, as_json: bool) -> tuple[str, str]:
    """From the options, and what they leave out from the words."""
    left = list(words)
    slug = slug if slug is not None else left.pop(0) if left else None
    sender = sender if sender is not None else left.pop(0) if left else None
    if slug is None or sender is None or left:
        refuse(_WORDS, as_json=as_json, misuse=True)
    if slug not in adapters():
        refuse(f"There is no such channel. The channels are: {', '.join(adapters())}.", as_json=as_json, misuse=True)
    return slug, sender


def _account(workspace: Workspace, slug: str, which: str | None, *, as_json: bool) -> StoredAccount | None:
    """The account that was named, or the only one. None where this channel has none yet."""
    with transaction() as connection:
        near = services().channels.list(connection, workspace_id=workspace.id, slug=slug)
    if which is None:
        if len(near) > 1:
            refuse(f"Say which with --account:\n{_listed(near)}", as_json=as_json, misuse=True)
        return near[0] if near else None
    by_id = [one for one in near if str(one.id) == which]
    named = by_id or [one for one in near if _adapter(workspace, slug, one).is_ours(which)]
    exact = [one for one in named if one.address == which] or named
    if len(exact) != 1:
        known = _listed(near) or f"There is none on {slug} yet: `flask --app wsgi channels add` connects one."
        refuse(f"No {slug} account of workspace {workspace.id} is that one.\n{known}", as_json=as_json)
    return exact[0]


def _listed(accounts: tuple[StoredAccount, ...]) -> str:
    return "\n".join(f"  {one.id}  {one.address}  {one.name!r}" for one in accounts)


def _adapter(workspace: Workspace, slug: str, account: StoredAccount | None) -> Adapter:
    """Secrets are not needed to read a sender."""
    country = account.region if account else None
    address = account.address if account else ""
    return adapters()[slug](Account(address=address, country=country or workspace.settings.country))


def _person(adapter: Adapter, sender: str, phone: str | None, aliases: tuple[str, ...], *, as_json: bool) -> Person:
    try:
        typed = read_typed_sender(adapter, sender, phone=phone, aliases=aliases)
    except BadSender as fault:
        option = "--phone: " if fault.part == "phone" else ""
        refuse(f"{option}{fault}", as_json=as_json, misuse=True)
    return Person(sender_id=typed.ids[0], aliases=typed.ids[1:], phone=typed.phone)


def _ask(question: _Question, *, as_json: bool) -> WouldMatch:
    objects = services()
    try:
        return who_would_match(
            objects.intercom(question.workspace, deadline=Deadline.after(INTERCOM_S), notes_refusal=False),
            question.workspace,
            question.adapter.channel(),
            question.person,
            account_id=question.account.id if question.account else None,
            now=datetime.now(UTC),
            lag=objects.settings.search_lag,
        )
    except IntercomError as fault:
        refuse(f"It cannot be told now who would match. {fault} {_advice(fault)}", as_json=as_json)


def _advice(fault: IntercomError) -> str:
    if isinstance(fault, RateLimited):
        return f"Ask again after {fault.reset_at:%H:%M:%S} UTC."
    return "Ask again in a minute." if fault.retryable else "`flask --app wsgi doctor` says more."


def _lines(question: _Question, answer: WouldMatch) -> Iterator[str]:
    if question.account is None:
        yield f"No {question.adapter.slug} account is connected yet; this is the answer for a first one."
    if answer.left is not None:
        yield f"Intercom no longer serves contact {answer.left}, to whom this sender is linked: they are matched anew."
    if not isinstance(answer.found, Found):
        yield f"Nobody matches: {answer.found.why}. A message of this sender would make a new lead."
        return
    found = answer.found
    yield f"Contact {found.contact_id} ({found.role or 'role not known'}): {_url(question, found)}"
    yield f"Rule: {answer.rule(question.adapter.channel())}"
    if others := found.match.runners_up:
        told = "would do as well" if answer.step == "search" else "would have done as well when they were matched"
        yield f"Runners-up, which {told}: {', '.join(others)}"


def _url(question: _Question, found: Found) -> str:
    return profile_url(question.workspace.region, question.workspace.id, found.contact_id)


def _facts(question: _Question, answer: WouldMatch) -> Json:
    facts: Json = {
        "workspace_id": question.workspace.id,
        "channel": question.adapter.slug,
        "account_id": question.account.id if question.account else None,
        "sender": question.person.sender_id,
        "phone": question.person.phone,
        "no_longer_served": answer.left,
    }
    if not isinstance(answer.found, Found):
        return {
            **facts,
            "contact_id": None,
            "rule": "new_lead",
            "value": None,
            "runners_up": [],
            "why": answer.found.why,
        }
    found = answer.found
    stored = answer.step == "stored_link"
    return {
        **facts,
        "contact_id": found.contact_id,
        "role": found.role,
        "url": _url(question, found),
        "rule": "stored_link" if stored else found.match.rule,
        "linked_by": found.match.rule if stored else None,
        "value": found.match.value,
        "runners_up": list(found.match.runners_up),
    }
