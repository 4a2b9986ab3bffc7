"""Edge: the providers' webhooks. Find the account, greet, verify the raw bytes, parse, store, then accept.

Nothing outside is called, so a provider waits for one short transaction only. A message for another account of the same
workspace (one callback of Meta's serves many pages) goes to that account when the call's signature holds there too.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.channels.base import Account, Adapter, BadSignature, Parsed, RawCall, Reply, UnreadableBody
from app.channels.registry import adapters
from app.domain.message import InboundMessage
from app.services import Services
from app.storage.channels import ChannelRepository, StoredAccount
from app.storage.crypto import UnreadableSecret
from app.storage.database import DatabaseUnavailable, transaction
from app.usecases.receive_call import Delivery, Received, Unread, receive

_LOGGED_IDS = 20
_log = logging.getLogger("kinbox.channels")


def channels_blueprint(objects: Services) -> Blueprint:
    """The one route of every provider."""
    blueprint = Blueprint("channels", __name__, url_prefix="/channels")
    edge = _Edge(objects.channels, objects.settings.public_url)

    @blueprint.route("/<slug>/<key>", methods=["GET", "POST"])
    def webhook(slug: str, key: str) -> Response:
        return edge.answer(slug, key)

    webhook._signature = "the channel's own"  # type: ignore[attr-defined]  # read by the guard over all routes
    return blueprint


@dataclass(frozen=True)
class _Door:
    """One of our accounts with its adapter."""

    account: StoredAccount
    adapter: Adapter


class _Edge:
    """From a provider's request to its answer."""

    def __init__(self, channels: ChannelRepository, public_url: str | None) -> None:
        self._channels = channels
        self._public_url = public_url

    def answer(self, slug: str, key: str) -> Response:
        try:
            door = self._door(slug, key)
            if door is None:
                return Response(status=404)
            return self._admit(door, _raw_call(self._public_url))
        except RequestEntityTooLarge:
            return Response(status=413)
        except (DatabaseUnavailable, UnreadableSecret) as fault:
            # The provider sends it again later.
            _log.error("channel call not stored", extra={"channel": slug, "fault": type(fault).__name__})
            return Response(status=503)

    def _door(self, slug: str, key: str) -> _Door | None:
        with transaction() as connection:
            account = self._channels.by_key(connection, slug, key)
        return _open_door(account) if account is not None and slug in adapters() else None

    def _admit(self, door: _Door, call: RawCall) -> Response:
        refused = 403 if call.method == "GET" else 401
        try:
            greeting = door.adapter.greet(call)
            if greeting is not None:
                return _response(greeting)
            refused = 401
            door.adapter.verify(call)
        except BadSignature:
            _log.warning("channel call refused", extra=_told(door, status=refused))
            return Response(status=refused)
        except Exception:  # noqa: BLE001 - a check that breaks has proved nothing
            _log.exception("signature check failed", extra=_told(door, status=refused))
            return Response(status=refused)
        return self._take(door, call)

    def _take(self, door: _Door, call: RawCall) -> Response:
        try:
            parsed = door.adapter.parse(call)
        except UnreadableBody:
            # It is authentic, so the provider would only send the same again.
            _log.warning("channel call not readable", extra=_told(door, bytes=len(call.body)))
            return _response(door.adapter.accepted())
        deliveries, strays = self._sort(door, call, parsed)
        received = receive(deliveries, call.received_at)
        _log.info("channel call", extra=_told(door, **_counts(parsed, strays, received)))
        return _response(door.adapter.accepted())

    def _sort(self, door: _Door, call: RawCall, parsed: Parsed) -> tuple[list[Delivery], int]:
        """The call's content by account, and how many messages are for none of ours."""
        elsewhere = {to for to in (one.to for one in parsed.messages) if to and not door.adapter.is_ours(to)}
        others = self._others(door.account, call, elsewhere) if elsewhere else {}
        accounts = {door.account.id: door.account} | {one.id: one for one in others.values()}
        mail: dict[int, list[InboundMessage]] = {door.account.id: []}
        strays = 0
        for message in parsed.messages:
            account = others.get(message.to or "") if message.to in elsewhere else door.account
            if account is None:
                strays += 1
            else:
                mail.setdefault(account.id, []).append(message)
        return [_delivery(accounts[one], messages, parsed, door) for one, messages in mail.items()], strays

    def _others(self, account: StoredAccount, call: RawCall, addresses: set[str]) -> dict[str, StoredAccount]:
        """The workspace's accounts on this channel that have these addresses and vouch for the call themselves."""
        with transaction() as connection:
            near = self._channels.list(connection, workspace_id=account.workspace_id, slug=account.slug)
            wanted = [one.id for one in near if one.id != account.id and _has_one(one, addresses)]
            doors = [_open_door(one) for one in (self._channels.get(connection, each) for each in wanted) if one]
        return {
            to: door.account for door in doors for to in addresses if door.adapter.is_ours(to) and _vouches(door, call)
        }


def _open_door(account: StoredAccount) -> _Door:
    adapter = adapters()[account.slug]
    return _Door(account, adapter(Account(address=account.address, secrets=account.secrets, country=account.region)))


def _has_one(account: StoredAccount, addresses: set[str]) -> bool:
    """Before its secrets are opened."""
    adapter = _open_door(account).adapter
    return any(adapter.is_ours(to) for to in addresses)


def _vouches(door: _Door, call: RawCall) -> bool:
    try:
        door.adapter.verify(call)
    except BadSignature:
        return False
    return True


def _delivery(account: StoredAccount, messages: list[InboundMessage], parsed: Parsed, door: _Door) -> Delivery:
    """What is not addressed belongs to the account that was called."""
    called = account.id == door.account.id
    return Delivery(
        account_id=account.id,
        workspace_id=account.workspace_id,
        channel=account.slug,
        messages=tuple(messages),
        alias_changes=parsed.alias_changes if called else (),
        unread=tuple(Unread(one.event_id, one.reason, one.raw) for one in parsed.poison) if called else (),
    )


def _raw_call(public_url: str | None) -> RawCall:
    """The request as it came. Its URL is the one that the provider knows, not the one behind our proxy."""
    query = request.environ.get("QUERY_STRING", "")
    base = public_url or f"{request.scheme}://{request.host}{request.root_path}"
    return RawCall(
        method=request.method,
        url=f"{base}{request.path}{'?' if query else ''}{query}",
        query=query,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.get_data(cache=False),
        received_at=datetime.now(UTC),
    )


def _response(reply: Reply) -> Response:
    return Response(reply.body, status=reply.status, content_type=reply.content_type)


def _told(door: _Door, **facts: Any) -> dict[str, Any]:
    return {"channel": door.account.slug, "account": door.account.id, **facts}


def _counts(parsed: Parsed, strays: int, received: Received) -> dict[str, Any]:
    return {
        "stored": received.stored,
        "known": received.known,
        "ignored": parsed.ignored,
        "unread": len(parsed.poison),
        "not_ours": strays,
        "events": received.event_ids[:_LOGGED_IDS],
    }
