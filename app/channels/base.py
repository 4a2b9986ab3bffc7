"""What every channel adapter is: it verifies a provider's call and parses it. It never sends, stores or fetches.

An adapter is a class in `app/channels/<slug>/`, found by the registry. It knows no Flask and no Intercom.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from app.domain.channel import Channel
from app.domain.channel import Secret as Secret  # noqa: PLC0414 - adapters take it from here
from app.domain.message import AliasChange, Attachment, InboundMessage
from app.domain.phone import read_sender
from app.errors import AppError


class BadSignature(AppError):
    """The call was not signed with this account's secret. Nothing was parsed; answer 401 or 403."""


class UnreadableBody(AppError):
    """An authentic call whose body is not what the provider documents. Nothing of it can be imported."""


@dataclass(frozen=True, kw_only=True)
class RawCall:
    """A provider's HTTP call, exactly as it came.

    `url` is the public one that the provider called, query included. `query` is the raw query string. Header names are
    lower case, values Latin-1 text as WSGI gives them. `received_at` is aware UTC.
    """

    method: str
    url: str = field(repr=False)
    query: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    received_at: datetime

    def header(self, name: str) -> str:
        """The header's value, empty when there is none."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, kw_only=True)
class Account:
    """The channel account that a call came to. `address` is how the provider names it; `country` its default region."""

    address: str
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    country: str | None = None


@dataclass(frozen=True)
class Reply:
    """What the provider wants to hear."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class Poison:
    """One event of an authentic call that could not be read. It is kept for an operator, and loses no other event.

    `event_id` is the provider's where it could be found, else empty. `raw` is the event as text.
    """

    event_id: str
    reason: str
    raw: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What a call holds. `ignored` counts events that are authentic and no messages: receipts, echoes, edits."""

    messages: tuple[InboundMessage, ...] = ()
    alias_changes: tuple[AliasChange, ...] = ()
    poison: tuple[Poison, ...] = ()
    ignored: int = 0


@dataclass(frozen=True)
class Step:
    """One thing to do at the provider so that its messages come here, in a sentence or two for an admin.

    `sample` is what to type or run there, line by line; `{webhook}` in it stands for the webhook's address, and words
    in capitals for what the admin has to put in their place.
    """

    text: str
    sample: str = ""

    def sample_for(self, webhook: str) -> str:
        return self.sample.replace("{webhook}", webhook)


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """One GET that the background may make for this channel, and the hosts that it and its redirects may go to.

    A host that begins with a dot stands for all its subdomains. Headers are sent to the first host only.
    """

    url: str = field(repr=False)
    hosts: frozenset[str]
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class MediaPlan:
    """How to get an attachment's bytes: `first` alone, or `first` read as JSON and then what `then` makes of it.

    `then` raises KeyError, TypeError or ValueError when the JSON does not lead on.
    """

    first: Fetch
    then: Callable[[Any], Fetch] | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class ProfilePlan:
    """How to learn a sender's name: a GET, and the name out of its JSON (None when it has none)."""

    fetch: Fetch
    name: Callable[[Any], str | None] = field(repr=False)


class Adapter(ABC):
    """One channel. An object serves one account and may be used by several threads."""

    slug: ClassVar[str]
    title: ClassVar[str]
    """The channel as a teammate calls it: `WhatsApp`, `SMS`."""
    provider: ClassVar[str]
    """The provider as an operator calls it: `Twilio`, `WhatsApp Cloud API`."""
    address_hint: ClassVar[str]
    """What ADDRESS is, in a few words: `the number that customers text, +E.164`."""
    setup: ClassVar[tuple[Step, ...]]
    """What to do at the provider, in its order, once the account is here and its webhook has an address."""
    secrets: ClassVar[tuple[Secret, ...]]
    identified_by: ClassVar[Literal["phone", "id"]]
    """How a sender is found in Intercom: by phone, or by the channel id in a custom attribute."""
    keeps_id: ClassVar[bool]
    """Whether the sender's id is written into a custom attribute. Never for WhatsApp and SMS."""

    international_digits: ClassVar[bool] = True
    """Whether the provider writes numbers with their country code and without a plus."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def greet(self, call: RawCall) -> Reply | None:  # noqa: ARG002
        """The answer to the provider's test of the URL, or None when this is no such test. Raises BadSignature."""
        return None

    @abstractmethod
    def verify(self, call: RawCall) -> None:
        """Raises BadSignature unless the provider made this call with this account's secret."""

    @abstractmethod
    def parse(self, call: RawCall) -> Parsed:
        """Read a verified call. Raises UnreadableBody, and nothing else, whatever the body is."""

    def is_ours(self, to: str) -> bool:
        """Whether `to` (of a message) names this account."""
        return to == self.account.address

    def accepted(self) -> Reply:
        """What the provider wants to hear once everything is stored."""
        return Reply()

    def media(self, attachment: Attachment) -> MediaPlan | None:  # noqa: ARG002
        """How to fetch this attachment; None when it cannot be fetched."""
        return None

    def profile(self, sender_id: str) -> ProfilePlan | None:  # noqa: ARG002
        """How to ask for this sender's name; None where there is no way or no need."""
        return None

    def title_of(self, message: InboundMessage) -> str:  # noqa: ARG002
        """The channel of this very message as a teammate calls it, where one account serves several."""
        return self.title

    def phone_of(self, sender_id: str) -> str | None:
        """The number of somebody whom this channel names so, as E.164; None for ids, names and short codes."""
        if self.identified_by == "id":
            return None
        country, bare = self.account.country, self.international_digits
        return read_sender(sender_id, region=country, international_digits=bare)

    @classmethod
    def channel(cls) -> Channel:
        """This channel as the rules see it."""
        return Channel(slug=cls.slug, title=cls.title, identified_by=cls.identified_by, keeps_id=cls.keeps_id)

    def secret(self, name: str) -> str:
        """A secret's value, empty when it was not given."""
        return self.account.secrets.get(name, "")
