"""What holds for every channel, over HTTP and down to the stored row. The providers are those of the registry."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.channels.registry import adapters
from app.domain.message import InboundMessage, Kind
from app.domain.workspace import Workspace
from app.services import services
from app.storage import inbox
from app.storage.channels import StoredAccount
from app.storage.database import transaction
from app.storage.models import InboundEvent
from tests.channels.contract_samples import JSON, PROVIDERS, Provider
from tests.channels.contract_signing import Signed

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
ORIGIN = "http://localhost"
SIGNING = [one for one in PROVIDERS if one.proof]
BAD_PROOFS = ["", "x", "sha256=", "Bearer x", "\xff\xfe\x80", "0" * 64, "=" * 5000]
every_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=str)
every_signing_provider = pytest.mark.parametrize("provider", SIGNING, ids=str)


class Call:
    """One provider calling one account of ours."""

    def __init__(self, app: Flask, provider: Provider) -> None:
        self.app, self.provider = app, provider
        with app.app_context():
            self.account = add_account(provider)
        self.path = f"/channels/{provider.slug}/{self.account.webhook_key}"

    def __call__(self, body: bytes, *, proof: str | None = None, signed: Signed | None = None) -> TestResponse:
        """Send `body`, signed well, or with `proof` in the place of the signature."""
        signed = signed or self.provider.sign(body, ORIGIN + self.path)
        if proof is not None:
            signed = with_proof(self.provider, signed, proof)
        path = f"{self.path}?{urlencode(signed.query)}" if signed.query else self.path
        headers = {"Content-Type": self.provider.content_type, **signed.headers}
        return self.app.test_client().post(path, data=body, headers=headers)

    def message(self, number: int = 1) -> bytes:
        return self.provider.message(number, self.provider.address)

    def stored(self) -> list[inbox.StoredEvent]:
        with self.app.app_context(), transaction() as connection:
            ids = connection.execute(select(InboundEvent.id).order_by(InboundEvent.id)).scalars().all()
            return [one for one in (inbox.get(connection, each) for each in ids) if one is not None]


def add_account(provider: Provider) -> StoredAccount:
    with transaction(write=True) as connection:
        services().workspaces.save(connection, Workspace(id="abc12", region="us"), NOW)
        given = {"slug": provider.slug, "address": provider.address, "name": "Shop", "secrets": provider.secrets}
        made = services().channels.add(connection, "abc12", **given, at=NOW)  # type: ignore[arg-type]  # a test
    assert made is not None
    return made


def with_proof(provider: Provider, signed: Signed, proof: str) -> Signed:
    name = provider.proof or ""
    if name.startswith("?"):
        return Signed(signed.headers, {**signed.query, name[1:]: proof})
    return Signed({**signed.headers, name: proof}, signed.query)


def without_proof(provider: Provider, signed: Signed) -> Signed:
    name = (provider.proof or "").lstrip("?")

    def kept(values: Mapping[str, str]) -> Mapping[str, str]:
        return {key: value for key, value in values.items() if key != name}

    return Signed(kept(signed.headers), kept(signed.query))


def test_every_channel_keeps_this_contract() -> None:
    assert sorted(one.slug for one in PROVIDERS) == list(adapters())
    assert {one.slug for one in PROVIDERS if not one.proof} == {"textmagic", "africastalking"}


@every_provider
def test_a_message_is_accepted_and_stored_as_it_was_written(database: Flask, provider: Provider) -> None:
    call = Call(database, provider)
    assert call(call.message()).status_code == 200
    [event] = call.stored()
    message = InboundMessage.from_json(event.payload)
    assert (event.state, event.account_id, event.event_id) == ("waiting", call.account.id, message.event_id)
    assert (message.text, event.payload["channel"]) == ("Hi", provider.slug)
    assert event.lane == f"channel:{call.account.id}:{message.sender_id}"
    names_phone = adapters()[provider.slug].identified_by == "phone"
    assert (message.phone is not None) == names_phone


@every_provider
def test_the_same_body_again_is_accepted_with_the_same_words_and_stored_once(
    database: Flask, provider: Provider
) -> None:
    call = Call(database, provider)
    first, again = call(call.message()), call(call.message())
    assert (first.status_code, first.data, first.content_type) == (again.status_code, again.data, again.content_type)
    assert len(call.stored()) == 1


@every_provider
def test_calls_that_race_are_all_accepted_and_stored_once(database: Flask, provider: Provider) -> None:
    call = Call(database, provider)
    begin, statuses = threading.Barrier(6), []

    def race(number: int) -> None:
        begin.wait()
        statuses.append(call(call.message(number)).status_code)

    threads = [threading.Thread(target=race, args=(number % 2,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 6
    assert len(call.stored()) == 2
    assert len({event.lane for event in call.stored()}) == 1


@every_signing_provider
@pytest.mark.parametrize("proof", BAD_PROOFS, ids=repr)
def test_a_bad_signature_is_refused_in_silence(
    app: Flask, provider: Provider, proof: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = Call(app, provider)
    never_parsed(provider, monkeypatch)
    answer = call(call.message(), proof=proof)
    assert (answer.status_code, answer.data, call.stored()) == (401, b"", [])


@every_signing_provider
def test_a_missing_signature_is_refused_in_silence(
    app: Flask, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = Call(app, provider)
    never_parsed(provider, monkeypatch)
    body = call.message()
    answer = call(body, signed=without_proof(provider, provider.sign(body, ORIGIN + call.path)))
    assert (answer.status_code, answer.data, call.stored()) == (401, b"", [])


@pytest.mark.parametrize("provider", [one for one in SIGNING if one.covers_body], ids=str)
def test_a_body_that_was_changed_on_the_way_is_refused(app: Flask, provider: Provider) -> None:
    call = Call(app, provider)
    signed = provider.sign(call.message(1), ORIGIN + call.path)
    answer = call(call.message(2), signed=signed)
    assert (answer.status_code, call.stored()) == (401, [])


@every_provider
def test_an_unproved_get_is_told_nothing(app: Flask, provider: Provider) -> None:
    call = Call(app, provider)
    for query in ("", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=x", "echostr=1&signature=x", "sig=%ff"):
        answer = app.test_client().get(f"{call.path}?{query}")
        assert answer.status_code in ({401, 403} if provider.proof else {200, 401})
        assert answer.data == b""
    assert call.stored() == []


def never_parsed(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapters()[provider.slug], "parse", lambda *_: pytest.fail("it was parsed"))


BROKEN = [b"", b"{", b"[]", b"null", b"<xml>", b"\xff\x00\xfe", b"a=%ff&b", b"[" * 50_000, b"<!DOCTYPE x><xml/>"]


@every_provider
@pytest.mark.parametrize("body", BROKEN, ids=lambda body: repr(body[:12]))
def test_a_broken_body_is_no_fault_of_ours_and_imports_nothing(app: Flask, provider: Provider, body: bytes) -> None:
    call = Call(app, provider)
    assert call(body).status_code in ({200} if provider.signs_any_body else {200, 401})
    assert [event for event in call.stored() if event.state != "dead"] == []


@every_provider
def test_a_call_of_three_megabytes_is_read_or_refused_and_never_a_fault(app: Flask, provider: Provider) -> None:
    call = Call(app, provider)
    padding = b" " * 3_000_000 if provider.content_type == JSON else b""
    body = call.message() + (padding or b"&pad=" + b"x" * 3_000_000)
    if provider.content_type == "text/xml":
        body = call.message().replace(b"</xml>", b"<Pad>" + b"x" * 3_000_000 + b"</Pad></xml>")
    fits = len(body) <= provider.max_bytes
    answer = call(body)
    assert (answer.status_code, len(call.stored())) == ((200, 1) if fits else (401, 0))


@every_provider
def test_an_unknown_kind_of_event_is_accepted_and_ignored(app: Flask, provider: Provider) -> None:
    call = Call(app, provider)
    assert call(provider.no_message).status_code == 200
    assert call.stored() == []


@pytest.mark.parametrize("provider", [one for one in PROVIDERS if one.odd_type], ids=str)
def test_an_unknown_kind_of_message_is_shown_and_not_dropped(app: Flask, provider: Provider) -> None:
    call = Call(app, provider)
    assert call(provider.message(1, provider.address, **(provider.odd_type or {}))).status_code == 200
    [event] = call.stored()
    message = InboundMessage.from_json(event.payload)
    assert [one.kind for one in message.attachments] == [Kind.UNSUPPORTED]


@pytest.mark.parametrize("provider", [one for one in PROVIDERS if one.stranger], ids=str)
def test_a_message_for_an_account_that_is_not_ours_is_accepted_and_not_imported(app: Flask, provider: Provider) -> None:
    call = Call(app, provider)
    assert call(provider.message(1, provider.stranger)).status_code == 200
    assert call.stored() == []


@every_provider
def test_an_unknown_key_is_404_however_well_the_call_is_signed(app: Flask, provider: Provider) -> None:
    call = Call(app, provider)
    call.path = f"/channels/{provider.slug}/{'k' * len(call.account.webhook_key)}"
    answer = call(call.message())
    assert (answer.status_code, answer.data, call.stored()) == (404, b"", [])


@every_provider
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_a_method_that_no_provider_uses_is_405(app: Flask, provider: Provider, method: str) -> None:
    assert app.test_client().open(Call(app, provider).path, method=method).status_code == 405
