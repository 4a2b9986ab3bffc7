"""Is a channel account set up, and does its provider call? For `doctor`, `channels check` and the admin page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from app.domain.channel import ChannelKind
from app.domain.findings import Finding
from app.storage import channel_health
from app.storage.channels import StoredAccount
from app.storage.crypto import UnreadableSecret
from app.storage.database import transaction
from app.usecases.office import Office


def check_channels(office: Office) -> Iterator[Finding]:
    """Every account of the workspace: its secrets, its address, where its provider calls, and when it did last."""
    with transaction() as connection:
        accounts = office.channels.list(connection, workspace_id=office.workspace_id)
    for account in accounts:
        for finding in _check(office, account):
            what = f"{account.slug} {account.name!r} ({account.id}): {finding.what}"
            yield replace(finding, what=what, workspace=account.workspace_id)


def check_channel(office: Office, account_id: int) -> tuple[Finding, ...]:
    """One account. Raises NoSuchChannel."""
    with transaction() as connection:
        account = office.account(connection, account_id)
    return tuple(_check(office, account))


def _check(office: Office, account: StoredAccount) -> Iterator[Finding]:
    kind = office.kinds.get(account.slug)
    if kind is None:
        yield Finding("fail", "This version of Kinbox has no such channel.", "Install the version that has it.")
        return
    trouble = [
        *_check_secrets(office, account, kind),
        *_check_address(account, kind),
        *_check_public_url(office.public_url),
    ]
    yield from trouble
    if not trouble:
        yield Finding("ok", "Its secrets are there and its provider can call it.")
    if kind.identified_by == "phone" and account.region is None:
        yield Finding(
            "warn",
            "Neither it nor its workspace has a country, so numbers without a country code match nobody.",
            f"Set the default country: `flask --app wsgi workspaces set {account.workspace_id} country=CC`.",
            about="country",
        )
    if account.paused_at is not None:
        yield Finding(
            "warn",
            f"It is paused since {account.paused_at:%Y-%m-%d %H:%M} UTC: its messages are kept and wait.",
            f"Resume it when they may come in: `flask --app wsgi channels resume {account.id}`.",
            about="paused",
        )
    yield from _heard(account)


def _check_secrets(office: Office, account: StoredAccount, kind: ChannelKind) -> Iterator[Finding]:
    again = f"Give it: `flask --app wsgi channels rotate {account.id} --set"
    try:
        with transaction() as connection:
            stored = office.channels.get(connection, account.id)
    except UnreadableSecret as fault:
        yield Finding("fail", "Its stored secrets cannot be read.", str(fault), about="secrets")
        return
    kept = stored.secrets if stored else {}
    for secret in kind.secrets:
        if secret.required and not kept.get(secret.name):
            what = f"Its secret {secret.name} is missing ({secret.hint})."
            yield Finding("fail", what, f"{again} {secret.name}=-`.", about="secrets")
        elif not kept.get(secret.name) and secret.missed:
            what = f"It has no {secret.name}: {secret.missed}"
            yield Finding("warn", what, f"{again} {secret.name}=-`.", about="secrets")
        elif kept.get(secret.name) and not secret.fits(kept[secret.name]):
            what = f"Its secret {secret.name} cannot be right: it is {secret.shape}."
            yield Finding("fail", what, f"{again} {secret.name}=-`.", about="secrets")


def _check_address(account: StoredAccount, kind: ChannelKind) -> Iterator[Finding]:
    if not account.address.strip() or not kind.same_address(account.address, account.region, account.address):
        yield Finding(
            "warn",
            "Its address cannot be compared with what its provider sends.",
            f"It should be {kind.address_hint}. Remove the account and add it with that.",
            about="address",
        )


def _check_public_url(url: str | None) -> Iterator[Finding]:
    if url is None or not url.startswith("https://"):
        yield Finding(
            "warn",
            "Its provider cannot be told an https address to call.",
            "Set KINBOX_PUBLIC_URL to the https address under which the internet reaches Kinbox.",
        )


def _heard(account: StoredAccount) -> Iterator[Finding]:
    with transaction() as connection:
        health = channel_health.of_workspace(connection, account.workspace_id, [account.id])[account.id]
    if health.dead:
        messages = "1 message" if health.dead == 1 else f"{health.dead} messages"
        yield Finding(
            "warn",
            f"{messages} of it could not be brought in, the last one because of {health.last_error}.",
            "`flask --app wsgi failed list` shows them; once the cause is mended, `failed replay` tries them again.",
            about="failed",
        )
    if health.last_event_at is not None:
        called = f"Its provider called last at {health.last_event_at:%Y-%m-%d %H:%M} UTC."
        yield Finding("ok", called, about="called")
    else:
        yield Finding(
            "warn",
            "Its provider has not sent a message yet.",
            "Write to it. If nothing arrives, compare the address at the provider with"
            " `flask --app wsgi channels list`.",
            about="heard",
        )
