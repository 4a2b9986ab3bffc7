"""From a stored event to its use case: which account it came to, how its provider is asked, what the answer means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.channels.base import Account, Adapter
from app.channels.registry import adapters
from app.deadline import Deadline
from app.domain.message import Attachment, InboundMessage
from app.domain.work import Dead, Done, Hold, Outcome, WaitUntil
from app.domain.workspace import Workspace
from app.fetching import Refused, fetch, fetch_name
from app.intercom.client import Intercom
from app.intercom.conversations import File
from app.intercom.errors import Disconnected
from app.services import Services
from app.storage import paused, senders
from app.storage.channels import StoredAccount
from app.storage.database import transaction
from app.storage.inbox_records import StoredEvent
from app.storage.lanes import sender_of_lane
from app.usecases.bridge.deliver import deliver
from app.usecases.bridge.delivery import Delivery, NoFile
from app.usecases.bridge.steps import Steps
from app.usecases.connection import note_accepted_token, wait_for_token
from app.worker.base import Work

NAME_TIMEOUT_S = 3.0
"""A name is worth a moment, not more: the message comes first."""
_PAUSED_WAIT = timedelta(minutes=15)
"""Resuming wakes them at once; this only bounds how often a paused account's senders are looked at."""


def bridge(objects: Services) -> Work:
    """The work of this app: bring each stored event to Intercom."""

    admins = _Admins()

    def work(event: StoredEvent, hold: Hold) -> Outcome:
        without_intercom = _without_intercom(event, hold)
        if without_intercom is not None:
            return without_intercom
        with transaction() as connection:
            account = objects.channels.get(connection, event.account_id) if event.account_id is not None else None
            workspace = objects.workspaces.get(connection, event.workspace_id)
        if account is None or account.slug not in adapters():
            return Dead("channel_removed")
        if workspace is None:
            return Dead("workspace_removed")
        return _deliver(objects, event, hold, account, workspace, admins)

    return work


def adapter_of(account: StoredAccount, country: str | None) -> Adapter:
    """The channel's adapter for this account; without a country of its own it has the workspace's."""
    served = Account(address=account.address, secrets=account.secrets, country=account.country or country)
    return adapters()[account.slug](served)


class _Admins:
    """The admin of each workspace's token, asked for once: a workspace from the environment has none stored."""

    def __init__(self) -> None:
        self._of_token: dict[str | None, str] = {}

    def find(self, workspace: Workspace, intercom: Intercom) -> str:
        if workspace.admin_id is not None:
            return workspace.admin_id
        if workspace.token not in self._of_token:
            self._of_token[workspace.token] = intercom.me().admin_id
        return self._of_token[workspace.token]


def _deliver(
    objects: Services, event: StoredEvent, hold: Hold, account: StoredAccount, workspace: Workspace, admins: _Admins
) -> Outcome:
    if account.paused_at is not None:
        return WaitUntil(at=_now() + _PAUSED_WAIT, code=paused.PAUSED, counts=False)
    try:
        delivery = _delivery(objects, event, hold, account, workspace, admins)
    except Disconnected:
        return wait_for_token(_now())
    outcome = deliver(delivery)
    if delivery.intercom.was_accepted:
        note_accepted_token(objects.workspaces, workspace)
    return outcome


def _delivery(
    objects: Services, event: StoredEvent, hold: Hold, account: StoredAccount, workspace: Workspace, admins: _Admins
) -> Delivery:
    adapter = adapter_of(account, workspace.settings.country)
    intercom = objects.intercom(workspace, deadline=hold.deadline)
    message = InboundMessage.from_json(event.payload)
    return Delivery(
        event_id=event.id,
        lane=event.lane,
        received_at=event.received_at,
        attempts=event.attempts,
        message=message,
        channel=replace(adapter.channel(), title=adapter.title_of(message)),
        account_id=account.id,
        country=adapter.account.country,
        workspace=workspace,
        intercom=intercom,
        hold=hold,
        steps=Steps(hold, event.steps, _now),
        fetch_media=lambda attachment: _media(objects, adapter, attachment, hold.deadline),
        fetch_name=lambda sender_id: _name(objects, adapter, sender_id, hold.deadline),
        find_admin=lambda: admins.find(workspace, intercom),
        now=_now,
        search_lag=objects.settings.search_lag,
    )


def _media(objects: Services, adapter: Adapter, attachment: Attachment, deadline: Deadline) -> File | NoFile | None:
    plan = adapter.media(attachment)
    if plan is None:
        return None
    try:
        got = fetch(plan, name=attachment.name, provider_url=objects.settings.provider_url, deadline=deadline)
    except Refused as refusal:
        return NoFile(str(refusal).removeprefix("Not fetched: ").rstrip("."), later=refusal.retryable)
    return File(got.name, got.content_type, got.content)


def _name(objects: Services, adapter: Adapter, sender_id: str, deadline: Deadline) -> str | None:
    plan = adapter.profile(sender_id)
    if plan is None:
        return None
    soon = Deadline.after(min(NAME_TIMEOUT_S, deadline.remaining_s()))
    try:
        return fetch_name(plan, provider_url=objects.settings.provider_url, deadline=soon)
    except Refused:
        return None


def _without_intercom(event: StoredEvent, hold: Hold) -> Outcome | None:
    """What has nothing to bring in; None for a message."""
    if "alias_change" in event.payload:
        return _change_alias(event, event.payload["alias_change"], hold)
    if "raw" in event.payload:
        return Dead(str(event.payload.get("reason") or "unreadable"))
    return None


def _change_alias(event: StoredEvent, change: Mapping[str, Any], hold: Hold) -> Outcome:
    """The provider says that somebody is known by another id now: the same person, the same link."""
    if event.account_id is None:
        return Dead("channel_removed")
    with transaction(write=True) as connection:
        senders.add_alias(
            connection,
            event.account_id,
            sender_of_lane(event.lane),
            new_id=str(change["new_id"]),
            phone=change.get("phone"),
        )
        hold.secure(connection)
    return Done()


def _now() -> datetime:
    return datetime.now(UTC)
