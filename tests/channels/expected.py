"""Sample calls of the providers, what must come out of them, and the comparison of the two.

A sample is a body, byte for byte, and beside it `<stem>.expected.json`. Keys that an expected message lacks are not
compared; a `null` says that there must be none (but for the time of a chat channel, where it says nothing).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.channels.base import Adapter, Parsed, RawCall
from app.domain.message import InboundMessage

CHANNELS = Path(__file__).parent
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
RECEIVED_AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""Later than every sample, so that no sample is from the future."""


@dataclass(frozen=True)
class Sample:
    """One sample call of `fixtures/`; `request` says what the body does not."""

    name: str
    body: bytes = field(repr=False)
    expected: Mapping[str, Any] = field(repr=False)

    @property
    def request(self) -> Mapping[str, Any]:
        return self.expected.get("request") or {}

    def __str__(self) -> str:
        return self.name


def samples(slug: str) -> list[Sample]:
    """Every sample of one channel, for `parametrize(..., ids=str)`."""
    folder = CHANNELS / slug / "fixtures"
    found = []
    for path in sorted(folder.glob("*.expected.json")):
        expected = json.loads(path.read_text("utf-8"))
        found.append(Sample(expected["payload"], (folder / expected["payload"]).read_bytes(), expected))
    assert found, f"no samples in {slug}/fixtures"
    return found


def sample(slug: str, name: str) -> Sample:
    return next(one for one in samples(slug) if one.name == name)


def signature_vectors(kind: str) -> dict[str, Any]:
    """The ready signatures of the `chat` or `sms` channels, made without the code that they test."""
    read = json.loads((CHANNELS / f"signature-vectors-{kind}.json").read_text("utf-8"))
    assert isinstance(read, dict)
    return read


def call(
    body: bytes = b"",
    *,
    method: str = "POST",
    url: str = "https://kinbox.example.com/channels/x/key",
    query: str = "",
    headers: Mapping[str, str | None] | None = None,
    received_at: datetime = RECEIVED_AT,
) -> RawCall:
    """A call as the edge hands it over: header names in lower case, the query in the URL too. A None header is none."""
    lowered = {name.lower(): value for name, value in (headers or {}).items() if value is not None}
    whole = f"{url}?{query}" if query and "?" not in url else url
    return RawCall(
        method=method,
        url=whole,
        query=query or whole.partition("?")[2],
        headers=lowered,
        body=body,
        received_at=received_at,
    )


def sample_call(given: Sample, **more: Any) -> RawCall:
    """The call that a sample stands for: the file is the query string where the method is GET, else the body."""
    headers = {"Content-Type": given.request.get("content_type"), **more.pop("headers", {})}
    if given.request.get("method") == "GET":
        return call(method="GET", query=given.body.decode("ascii"), headers=headers, **more)
    return call(given.body, headers=headers, **more)


def vector_call(vector: Mapping[str, Any]) -> RawCall:
    """The signed call of one of the `sms` vectors, at the moment that it was signed for."""
    headers = {"Content-Type": vector["content_type"], **vector["headers"]}
    body = b"" if vector["method"] == "GET" else sample(vector["channel"], vector["payload"]).body
    received_at = datetime.fromtimestamp(vector["clock"], UTC)
    return call(body, method=vector["method"], url=vector["url"], headers=headers, received_at=received_at)


def assert_as_expected(adapter: Adapter, parsed: Parsed, expected: Mapping[str, Any]) -> None:
    """Fails with every difference; the order of the messages is free."""
    assert parsed.poison == ()
    wanted = {str(one["message_id"]): one for one in expected["messages"]}
    got = {one.message_id: one for one in parsed.messages}
    assert sorted(got) == sorted(wanted)
    assert len(parsed.messages) == len(wanted)
    differences = {key: differing(adapter, got[key], wanted[key]) for key in wanted}
    assert not any(differences.values()), differences


def differing(adapter: Adapter, message: InboundMessage, wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What differs, as name -> (got, wanted)."""
    got = _comparable(adapter, message)
    wanted = {name: value for name, value in wanted.items() if not (name == "timestamp" and _unsaid(wanted))}
    if "timestamp" in wanted and wanted["timestamp"] is not None:
        wanted["timestamp"] = datetime.fromisoformat(wanted["timestamp"]).astimezone(UTC)
    if "sender_id" in wanted:
        wanted["sender_id"] = _without_scheme(wanted["sender_id"])
    if "sender_aliases" in wanted:
        wanted["sender_aliases"] = [_without_scheme(one) for one in wanted["sender_aliases"]]
    return {name: (got[name], value) for name, value in wanted.items() if got[name] != value}


def _unsaid(wanted: Mapping[str, Any]) -> bool:
    """A chat sample's `timestamp: null` is not compared; an SMS sample (with a `receiver`) says there is none."""
    return wanted["timestamp"] is None and "receiver" not in wanted


def _comparable(adapter: Adapter, message: InboundMessage) -> dict[str, Any]:
    return {
        "sender_id": _without_scheme(message.sender_id),
        "sender_phone": message.phone,
        "sender_name": message.sender_name,
        "sender_aliases": [_without_scheme(one) for one in message.aliases],
        "account_id": message.account_id or message.to or adapter.account.address,
        "receiver": message.to,
        "message_id": message.message_id,
        "dedupe_key": message.event_id,
        "text": message.text,
        "timestamp": message.sent_at,
        "attachments": sorted(one.kind.value for one in message.attachments),
    }


def _without_scheme(sender: str) -> str:
    return sender.removeprefix("whatsapp:").removeprefix("sms:")
