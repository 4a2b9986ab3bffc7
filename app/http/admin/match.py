"""Who would match? A sender in, a contact with the reason out. Changes nothing, and puts nobody into an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.channels.base import Account, Adapter
from app.channels.registry import adapters
from app.channels.typed_sender import BadSender, read_typed_sender
from app.deadline import Deadline
from app.domain.channel import Channel
from app.domain.matching import Found
from app.domain.workspace import Workspace
from app.errors import AppError
from app.http.admin.access import current, current_workspace
from app.http.admin.choosing import Option
from app.http.admin.connecting import with_token
from app.http.admin.texts import capitalize_first
from app.intercom.errors import IntercomError, RateLimited
from app.services import Services
from app.storage.channels import StoredAccount
from app.storage.crypto import UnreadableSecret
from app.storage.database import transaction
from app.storage.lanes import Person
from app.usecases.bridge.would_match import WouldMatch, who_would_match

INTERCOM_S = 10.0
FIELDS = {"channel": "Channel", "sender": "Sender", "phone": "Phone", "alias": "Another id of the same sender"}


@dataclass(frozen=True)
class Told:
    """The answer as the page shows it. `contact_id` is None when nobody matches."""

    contact_id: str | None
    role: str | None
    rule: str
    runners_up: Sequence[str]
    nobody: str
    left: str | None
    channel: str


def add_match(pages: Blueprint, objects: Services) -> None:
    @pages.get("/match")
    def match() -> ResponseReturnValue:
        return _page(objects, {}, {})

    @pages.post("/match")
    def match_asked() -> ResponseReturnValue:
        values = {name: request.form.get(name, "").strip() for name in FIELDS}
        account, slug, fault = _chosen(objects, values["channel"])
        if fault:
            return _page(objects, values, {"channel": fault}), 422
        adapter = _adapter(slug, account)
        try:
            person = _person(adapter, values)
        except BadSender as bad:
            return _page(objects, values, {bad.part: str(bad)}), 422
        try:
            answer = _ask(objects, adapter.channel(), person, account)
        except (IntercomError, UnreadableSecret) as refused:
            return _page(objects, values, {}, trouble=_trouble(refused)), 503
        return _page(objects, values, {}, told=_told(answer, adapter.channel()))


def _page(
    objects: Services,
    values: Mapping[str, str],
    faults: Mapping[str, str],
    *,
    told: Told | None = None,
    trouble: str = "",
) -> str:
    return render_template(
        "admin/match.html",
        options=_options(objects),
        values=values,
        faults=faults,
        labels=FIELDS,
        told=told,
        trouble=trouble,
    )


def _options(objects: Services) -> tuple[Option, ...]:
    """The accounts of this workspace, then the channels that have none, to ask what a first account would do."""
    with transaction() as connection:
        accounts = objects.channels.list(connection, workspace_id=current().workspace_id)
    ours = tuple(Option(str(one.id), f"{one.name} ({_provider(one.slug)}, {one.address})") for one in accounts)
    known = {one.slug for one in accounts}
    others = (Option(slug, f"{one.provider}, not connected yet") for slug, one in adapters().items())
    return (*ours, *(option for option in others if option.value not in known))


def _provider(slug: str) -> str:
    adapter = adapters().get(slug)
    return adapter.provider if adapter else slug


def _chosen(objects: Services, value: str) -> tuple[StoredAccount | None, str, str]:
    """The account and the slug behind an option of this workspace, or a sentence."""
    if value in adapters():
        return None, value, ""
    with transaction() as connection:
        accounts = objects.channels.list(connection, workspace_id=current().workspace_id)
    for account in accounts:
        if str(account.id) == value and account.slug in adapters():
            return account, account.slug, ""
    return None, "", "Choose one of the channels in the list."


def _adapter(slug: str, account: StoredAccount | None) -> Adapter:
    """Secrets are not needed to read a sender."""
    country = account.region if account else current_workspace().settings.country
    return adapters()[slug](Account(address=account.address if account else "", country=country))


def _person(adapter: Adapter, values: Mapping[str, str]) -> Person:
    aliases = [values["alias"]] if values["alias"] else []
    typed = read_typed_sender(adapter, values["sender"], phone=values["phone"] or None, aliases=aliases)
    return Person(sender_id=typed.ids[0], aliases=typed.ids[1:], phone=typed.phone)


def _ask(objects: Services, channel: Channel, person: Person, account: StoredAccount | None) -> WouldMatch:
    workspace: Workspace = with_token(objects)
    return who_would_match(
        objects.intercom(workspace, deadline=Deadline.after(INTERCOM_S)),
        workspace,
        channel,
        person,
        account_id=account.id if account else None,
        now=datetime.now(UTC),
        lag=objects.settings.search_lag,
    )


def _told(answer: WouldMatch, channel: Channel) -> Told:
    found = answer.found if isinstance(answer.found, Found) else None
    return Told(
        contact_id=found.contact_id if found else None,
        role=found.role if found else None,
        rule=_rule(answer, channel),
        runners_up=found.match.runners_up if found else (),
        nobody="" if isinstance(answer.found, Found) else answer.found.why,
        left=answer.left,
        channel=channel.title,
    )


def _rule(answer: WouldMatch, channel: Channel) -> str:
    """Without the code with which commands begin it."""
    code = f"{answer.found.match.rule}. " if isinstance(answer.found, Found) else ""
    return capitalize_first(answer.rule(channel).removeprefix(code))


def _trouble(fault: AppError) -> str:
    if isinstance(fault, RateLimited):
        return f"{fault} Ask again after {fault.reset_at:%H:%M:%S} UTC."
    return f"{fault} Ask again in a minute." if fault.retryable else f"{fault} The overview shows the connection."
