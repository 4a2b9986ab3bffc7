"""Channel accounts are added, renamed, paused, given other secrets and removed: recorded, and never next door."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.services import services
from app.storage import inbox
from app.storage.channels import StoredAccount
from app.storage.crypto import SecretBox
from app.storage.database import transaction
from app.storage.models import AuditRecord
from app.usecases.check_channels import check_channel
from app.usecases.manage_channels import (
    AddressTaken,
    BadChannel,
    MissingSecrets,
    add_channel,
    pause_channel,
    remove_channel,
    rename_channel,
    resume_channel,
    rotate_secrets,
)
from app.usecases.office import NoSuchChannel, Office
from tests.usecases.conftest import NOW, ROSA

WHATSAPP = {"app_secret": "s3cret", "verify_token": "v3rify"}


def added(office: Office, **more: Any) -> StoredAccount:
    given = {"name": "Shop", "address": "109876543210", "country": "IE", "secrets": WHATSAPP, **more}
    return add_channel(office, "whatsapp", **given).account


def secrets_of(account_id: int) -> dict[str, str]:
    with transaction() as connection:
        stored = services().channels.get(connection, account_id)
    assert stored is not None
    return dict(stored.secrets)


def records() -> list[tuple[object, ...]]:
    with transaction() as connection:
        columns = (AuditRecord.workspace_id, AuditRecord.admin_name, AuditRecord.action, AuditRecord.details)
        return [tuple(row) for row in connection.execute(select(*columns).order_by(AuditRecord.id))]


def test_each_step_of_an_account_is_recorded_and_no_secret_with_it(office: Office) -> None:
    account = added(office)
    rename_channel(office, account.id, " Shop Dublin ")
    rotate_secrets(office, account.id, {"app_secret": "n3w", "verify_token": " ", "access_token": "t0ken"})
    assert secrets_of(account.id) == {"app_secret": "n3w", "verify_token": "v3rify", "access_token": "t0ken"}
    assert pause_channel(office, account.id).paused_at is not None
    pause_channel(office, account.id)
    assert resume_channel(office, account.id).paused_at is None
    resume_channel(office, account.id)
    remove_channel(office, account.id)
    facts = {"account_id": account.id, "channel": "whatsapp", "name": "Shop"}
    later = {**facts, "name": "Shop Dublin"}
    assert records() == [
        ("abc12", "Rosa Teammate", "channel_added", {**facts, "secrets": ["app_secret", "verify_token"]}),
        ("abc12", "Rosa Teammate", "channel_renamed", {**facts, "new_name": "Shop Dublin"}),
        ("abc12", "Rosa Teammate", "channel_secrets_rotated", {**later, "secrets": ["access_token", "app_secret"]}),
        ("abc12", "Rosa Teammate", "channel_paused", later),
        ("abc12", "Rosa Teammate", "channel_resumed", later),
        ("abc12", "Rosa Teammate", "channel_removed", later),
    ]


@pytest.mark.parametrize(
    "act",
    [
        lambda office, account_id: rename_channel(office, account_id, "Mine now"),
        lambda office, account_id: rotate_secrets(office, account_id, {"app_secret": "mine"}),
        pause_channel,
        resume_channel,
        remove_channel,
        check_channel,
    ],
    ids=["rename", "rotate", "pause", "resume", "remove", "check"],
)
def test_an_account_of_another_workspace_is_none(office: Office, act: Callable[[Office, int], object]) -> None:
    account = added(office)
    before = records()
    with pytest.raises(NoSuchChannel):
        act(services().office("xyz99", ROSA), account.id)
    with transaction() as connection:
        assert services().channels.get(connection, account.id) == account
    assert records() == before
    remove_channel(office, account.id)
    with pytest.raises(NoSuchChannel):
        act(office, account.id)


@pytest.mark.parametrize(
    ("slug", "good", "secret", "wrong"),
    [
        ("vonage", {"signature_secret": "s"}, "signature_method", "bogus"),
        ("wechat", {"token": "t"}, "encoding_aes_key", "short"),
    ],
)
def test_a_secret_that_can_be_no_such_one_is_refused(
    office: Office, slug: str, good: dict[str, str], secret: str, wrong: str
) -> None:
    with pytest.raises(BadChannel, match=f"{secret} cannot be right") as refused:
        add_channel(office, slug, name="Shop", address="353861234567", secrets={**good, secret: wrong})
    assert refused.value.field == secret
    account = add_channel(office, slug, name="Shop", address="353861234567", secrets=good).account
    with transaction(write=True) as connection:
        services().channels.set_secrets(connection, account.id, {**good, secret: wrong})
    [found] = [one for one in check_channel(office, account.id) if one.about == "secrets"]
    assert (found.level, "cannot be right" in found.what) == ("fail", True)


@pytest.mark.parametrize("method", ["md5hash", "MD5 HASH signature", "SHA-256 HMAC signature", "sha512"])
def test_a_method_is_known_in_the_provider_s_own_words(office: Office, method: str) -> None:
    secrets = {"signature_secret": "s", "signature_method": method}
    assert add_channel(office, "vonage", name="Shop", address="353861234567", secrets=secrets).account.id


def test_what_does_not_work_without_a_secret_is_told(office: Office) -> None:
    account = add_channel(office, "messenger", name="Page", address="1100", secrets={"app_secret": "s"}).account
    [found] = [one for one in check_channel(office, account.id) if one.about == "secrets"]
    assert (found.level, "Meta cannot check the address" in found.what) == ("warn", True)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"secrets": {"app_secret": "x", "pin": "1234"}}, "pin"),
        ({"secrets": {"app_secret": "  "}}, "app_secret"),
        ({"secrets": {"app_secret": "a\nb"}}, "app_secret"),
        ({"secrets": {"verify_token": "x"}}, "app_secret"),
        ({"address": " "}, "address"),
        ({"address": "1\x00"}, "address"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x07b"}, "name"),
        ({"country": "Irland"}, "country"),
    ],
)
def test_what_is_wrong_is_named_by_its_field_and_nothing_is_stored(
    office: Office, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadChannel) as refused:
        added(office, **more)
    assert refused.value.field == field
    assert records() == []


def test_a_phone_channel_without_any_country_is_warned_of_or_refused(office: Office) -> None:
    with pytest.raises(BadChannel) as refused:
        added(office, country=None, country_required=True)
    assert refused.value.field == "country"
    given = {"name": "Shop", "secrets": {"secret_token": "s"}, "country_required": True}
    assert add_channel(office, "telegram", address="5012345678", **given).warning is None  # type: ignore[arg-type]
    doubtful = add_channel(office, "whatsapp", name="Shop", address="109876543210", secrets=WHATSAPP)
    assert doubtful.warning is not None
    assert "country" in doubtful.warning
    assert any("country" in one.what for one in check_channel(office, doubtful.account.id))


def test_an_address_in_another_spelling_is_taken(office: Office) -> None:
    add_channel(office, "twilio", name="Shop", address="+14155550100", secrets={"auth_token": "t"})
    with pytest.raises(AddressTaken) as refused:
        add_channel(office, "twilio", name="Shop", address="+1 415 555 0100", secrets={"auth_token": "t"})
    assert refused.value.twin is not None
    assert add_channel(
        services().office("xyz99"), "twilio", name="Shop", address="+14155550100", secrets={"auth_token": "t"}
    )


def test_one_address_in_two_spellings_at_once_is_added_once(office: Office, database: Flask) -> None:
    ended: list[str] = []

    def add(address: str) -> None:
        with database.app_context():
            try:
                add_channel(office, "twilio", name="Shop", address=address, secrets={"auth_token": "t"})
                ended.append("added")
            except AddressTaken:
                ended.append("taken")

    threads = [threading.Thread(target=add, args=(one,)) for one in ("+14155550100", "+1 415 555 0100", "14155550100")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["added", "taken", "taken"]


def test_secrets_that_no_key_opens_are_given_anew(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    account = added(office)
    monkeypatch.setattr(office.channels, "_box", SecretBox(["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]))
    assert "fail" in {one.level for one in check_channel(office, account.id)}
    with pytest.raises(MissingSecrets):
        rotate_secrets(office, account.id, {"verify_token": "new"})
    rotate_secrets(office, account.id, {"app_secret": "new"})
    assert secrets_of(account.id) == {"app_secret": "new"}


def test_an_account_that_is_removed_while_it_is_paused_keeps_nobody_waiting(office: Office) -> None:
    account = added(office)
    with transaction(write=True) as connection:
        event = inbox.NewEvent(workspace_id="abc12", account_id=account.id, event_id="1", lane="a", payload={})
        inbox.store(connection, [event], NOW)
    pause_channel(office, account.id)
    remove_channel(office, account.id)
    with transaction() as connection:
        stored = services().channels.get(connection, account.id)
    assert stored is not None
    assert (stored.paused_at, stored.secrets) == (None, {})
