"""What `doctor` looks at for each channel account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.channels.base import Account, Adapter
from app.channels.registry import adapters
from app.domain.findings import Finding
from app.services import Services
from app.storage.channels import StoredAccount
from app.storage.crypto import UnreadableSecret
from app.storage.database import transaction


def check_channels(objects: Services) -> Iterator[Finding]:
    """Each account: its secrets, its address, where its provider calls, and when it did last."""
    with transaction() as connection:
        accounts = objects.channels.list(connection)
    if not accounts:
        yield Finding(
            "warn",
            "No channel is connected yet.",
            "Run `flask --app wsgi channels add --help`: it says what is needed.",
        )
    for account in accounts:
        for finding in _check(objects, account):
            what = f"{account.slug} {account.name!r} ({account.id}): {finding.what}"
            yield Finding(finding.level, what, finding.mend, account.workspace_id)


def _check(objects: Services, account: StoredAccount) -> Iterator[Finding]:
    adapter = adapters().get(account.slug)
    if adapter is None:
        yield Finding("fail", "This version of Kinbox has no such channel.", "Install the version that has it.")
        return
    trouble = [
        *_check_secrets(objects, account, adapter),
        *_check_address(account, adapter),
        *_check_public_url(objects.settings.public_url),
    ]
    yield from trouble
    if not trouble:
        yield Finding("ok", "Its secrets are there and its provider can call it.")
    yield _heard(objects, account)


def _check_secrets(objects: Services, account: StoredAccount, adapter: type[Adapter]) -> Iterator[Finding]:
    again = f"Run `flask --app wsgi channels remove {account.id}`, then add it again: its people stay linked."
    try:
        with transaction() as connection:
            stored = objects.channels.get(connection, account.id)
    except UnreadableSecret as fault:
        yield Finding("fail", "Its stored secrets cannot be read.", str(fault))
        return
    kept = stored.secrets if stored else {}
    for secret in adapter.secrets:
        if secret.required and not kept.get(secret.name):
            yield Finding("fail", f"Its secret {secret.name} is missing ({secret.hint}).", again)


def _check_address(account: StoredAccount, adapter: type[Adapter]) -> Iterator[Finding]:
    told = Account(address=account.address, country=account.region)
    if not account.address.strip() or not adapter(told).is_ours(account.address):
        yield Finding(
            "warn",
            "Its address cannot be compared with what its provider sends.",
            f"It should be {adapter.address_hint}. Remove the account and add it with that.",
        )


def _check_public_url(url: str | None) -> Iterator[Finding]:
    if url is None or not url.startswith("https://"):
        yield Finding(
            "warn",
            "Its provider cannot be told an https address to call.",
            "Set KINBOX_PUBLIC_URL to the https address under which the internet reaches Kinbox.",
        )


def _heard(objects: Services, account: StoredAccount) -> Finding:
    with transaction() as connection:
        at: datetime | None = objects.channels.last_event_at(connection, account.id)
    if at is not None:
        return Finding("ok", f"Its provider called last at {at:%Y-%m-%d %H:%M} UTC.")
    return Finding(
        "warn",
        "Its provider has not sent a message yet.",
        "Write to it. If nothing arrives, compare the address at the provider with `flask --app wsgi channels list`.",
    )
