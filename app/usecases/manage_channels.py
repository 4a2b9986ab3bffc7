"""Channel accounts of a workspace: add, rename, give other secrets, pause, resume, remove. Each is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.domain.channel import ChannelKind, Secret
from app.domain.workspace import Workspace
from app.domain.workspace_settings import BadSetting
from app.errors import AppError
from app.storage import paused
from app.storage.channels import StoredAccount
from app.storage.crypto import UnreadableSecret
from app.storage.database import transaction
from app.usecases.office import Office

LONGEST_ADDRESS = 200
LONGEST_NAME = 200
LONGEST_SECRET = 2000
NO_COUNTRY = (
    "Phones without a country code cannot be read: neither this channel nor its workspace has a country. Say which one"
    " they are from."
)


class BadChannel(BadSetting):
    """What was given for a channel account is wrong. `field` is slug, name, address, country or a secret's name."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class MissingSecrets(BadChannel):
    """The channel cannot check its provider's calls without these."""

    def __init__(self, kind: ChannelKind, missing: Sequence[Secret]) -> None:
        words = f"{kind.slug} cannot check its provider's calls without this:"
        super().__init__(missing[0].name, f"{words}\n{hints(missing)}")
        self.missing = tuple(missing)


class AddressTaken(AppError):
    """The workspace has this address already, in whatever spelling. `twin` is None where it was taken just now."""

    def __init__(self, kind: ChannelKind, workspace_id: str, twin: StoredAccount | None) -> None:
        which = f" as account {twin.id} ({twin.name!r})" if twin else ""
        super().__init__(f"Workspace {workspace_id} has this {kind.slug} address already{which}. Nothing was changed.")
        self.twin = twin


@dataclass(frozen=True)
class Added:
    """A new account. `webhook_url` is None while nobody said where Kinbox is; `warning` what should be mended."""

    account: StoredAccount
    kind: ChannelKind
    webhook_url: str | None
    warning: str | None


def add_channel(
    office: Office,
    slug: str,
    *,
    name: str,
    address: str,
    country: str | None = None,
    secrets: Mapping[str, str],
    country_required: bool = False,
) -> Added:
    """Connect an account.

    A phone channel without a country, of its own or of its workspace, is warned of, or refused if `country_required`.
    Raises BadChannel, BadSetting (country), AddressTaken, NoSuchWorkspace.
    """
    kind = _kind(office, slug)
    secrets = _given(kind, secrets)
    _refuse_missing(kind, secrets)
    address = _address(kind, address)
    name = _name(name.strip() or address)
    with transaction(write=True) as connection:
        workspace = office.workspace(connection, lock=True)
        country = _country(workspace, country)
        unread = kind.identified_by == "phone" and not (country or workspace.settings.country)
        if unread and country_required:
            raise BadChannel("country", NO_COUNTRY)
        twin = _twin(office, connection, kind, address)
        account = None
        if twin is None:
            account = office.channels.add(
                connection,
                office.workspace_id,
                slug=slug,
                address=address,
                name=name,
                country=country,
                secrets=secrets,
                at=office.now(),
            )
        if account is None:
            raise AddressTaken(kind, office.workspace_id, twin)
        _record(office, connection, "channel_added", account, secrets=sorted(secrets))
    return Added(account, kind, office.webhook_url(account), NO_COUNTRY if unread else None)


def rename_channel(office: Office, account_id: int, name: str) -> StoredAccount:
    """Call the account otherwise. Raises BadChannel, NoSuchChannel."""
    name = _name(name)
    with transaction(write=True) as connection:
        account = office.account(connection, account_id, lock=True)
        if account.name != name:
            office.channels.rename(connection, account_id, name)
            _record(office, connection, "channel_renamed", account, new_name=name)
        return office.account(connection, account_id)


def rotate_secrets(office: Office, account_id: int, secrets: Mapping[str, str]) -> StoredAccount:
    """Replace the secrets that are given and keep the others. All are encrypted anew; none is ever shown.

    A blank value keeps what is there. Where the stored ones cannot be read any more, every required one has to be
    given. Raises BadChannel, NoSuchChannel.
    """
    with transaction(write=True) as connection:
        account = office.account(connection, account_id, lock=True)
        kind = _kind(office, account.slug)
        given = _given(kind, {key: value for key, value in secrets.items() if value.strip()})
        whole = {**_kept(office, connection, account_id), **given}
        _refuse_missing(kind, whole)
        office.channels.set_secrets(connection, account_id, whole)
        _record(office, connection, "channel_secrets_rotated", account, secrets=sorted(given))
    return account


def pause_channel(office: Office, account_id: int) -> StoredAccount:
    """Keep the account's messages from now on and bring none in. Nothing is lost. Raises NoSuchChannel."""
    with transaction(write=True) as connection:
        account = office.account(connection, account_id, lock=True)
        if account.paused_at is None:
            office.channels.set_paused(connection, account_id, office.now())
            _record(office, connection, "channel_paused", account)
        return office.account(connection, account_id)


def resume_channel(office: Office, account_id: int) -> StoredAccount:
    """Bring in what waits, each sender's messages in their order, and go on. Raises NoSuchChannel."""
    with transaction(write=True) as connection:
        account = office.account(connection, account_id, lock=True)
        if account.paused_at is not None:
            office.channels.set_paused(connection, account_id, None)
            _record(office, connection, "channel_resumed", account)
    wake(office)
    with transaction() as connection:
        return office.account(connection, account_id)


def remove_channel(office: Office, account_id: int) -> StoredAccount:
    """Close the webhook and forget the secrets. Whoever wrote there stays linked; what waits is still brought in.

    Raises NoSuchChannel.
    """
    with transaction(write=True) as connection:
        account = office.account(connection, account_id, lock=True)
        office.channels.remove(connection, account_id)
        _record(office, connection, "channel_removed", account)
    if account.paused_at is not None:
        wake(office)
    return account


def wake(office: Office) -> None:
    """Let what waited for a paused account be due, a few senders at a time."""
    while True:
        with transaction(write=True) as connection:
            if paused.wake(connection, office.now()) == 0:
                return


def hints(secrets: Sequence[Secret]) -> str:
    """A line for each secret: its name, and where to find it."""
    return "\n".join(f"  {one.name}{'' if one.required else ' (optional)'}: {one.hint}" for one in secrets)


def _kind(office: Office, slug: str) -> ChannelKind:
    kind = office.kinds.get(slug)
    if kind is None:
        raise BadChannel("slug", f"There is no such channel. The channels are: {', '.join(office.kinds)}.")
    return kind


def _given(kind: ChannelKind, secrets: Mapping[str, str]) -> dict[str, str]:
    known = {one.name: one for one in kind.secrets}
    given: dict[str, str] = {}
    for name, text in secrets.items():
        if name not in known:
            raise BadChannel(name, f"{kind.slug} has no secret of that name. It has:\n{hints(kind.secrets)}")
        value = text.strip()
        if not value or len(value) > LONGEST_SECRET or not value.isprintable():
            raise BadChannel(name, f"{name} has no value, or one that no provider gives.")
        if not known[name].fits(value):
            raise BadChannel(name, f"{name} cannot be right: it is {known[name].shape}.")
        given[name] = value
    return given


def _refuse_missing(kind: ChannelKind, secrets: Mapping[str, str]) -> None:
    missing = [one for one in kind.secrets if one.required and not secrets.get(one.name)]
    if missing:
        raise MissingSecrets(kind, missing)


def _kept(office: Office, connection: Connection, account_id: int) -> Mapping[str, str]:
    try:
        stored = office.channels.get(connection, account_id)
    except UnreadableSecret:
        return {}
    return stored.secrets if stored else {}


def _address(kind: ChannelKind, given: str) -> str:
    address = given.strip()
    if not address or len(address) > LONGEST_ADDRESS or not address.isprintable():
        raise BadChannel("address", f"The address of a {kind.slug} account is {kind.address_hint}.")
    return address


def _name(given: str) -> str:
    name = given.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadChannel("name", f"A name has 1 to {LONGEST_NAME} characters, such as Shop Dublin.")
    return name


def _country(workspace: Workspace, given: str | None) -> str | None:
    try:
        return workspace.change("country", given).settings.country if given else None
    except BadSetting as fault:
        raise BadChannel("country", str(fault)) from None


def _twin(office: Office, connection: Connection, kind: ChannelKind, address: str) -> StoredAccount | None:
    """The account that has this address already, in whatever spelling."""
    near = office.channels.list(connection, workspace_id=office.workspace_id, slug=kind.slug)
    return next((one for one in near if kind.same_address(one.address, one.region, address)), None)


def _record(office: Office, connection: Connection, action: str, account: StoredAccount, **more: object) -> None:
    details = {"account_id": account.id, "channel": account.slug, "name": account.name, **more}
    office.record(connection, action, details)
