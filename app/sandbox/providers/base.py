"""What every stand-in is: it writes a customer's message as its provider would, proves it, and serves what it names."""

from __future__ import annotations

import json
import re
import secrets as chance
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, Protocol

Json = dict[str, Any]
Secrets = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Account:
    """The shop's number, page or bot at one provider, and where Kinbox takes its messages."""

    slug: str
    name: str
    address: str
    secrets: Secrets = field(repr=False)
    webhook_url: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who writes on one channel. `id` is what the provider calls them, `phone` E.164."""

    channel: str
    id: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    handle: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Picture:
    content: bytes = field(repr=False)
    content_type: str = "image/png"


@dataclass(frozen=True, kw_only=True)
class Message:
    """What one person wrote. `number` is unlike that of every other message; the provider's ids are made of it.

    `picture_id` are digits. `at_s` is unix time.
    """

    number: int
    person: Person
    text: str = field(default="", repr=False)
    picture_id: str | None = None
    at_s: int
    again: bool = False
    """Whether the provider hands it over another time."""

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.at_s, UTC)


@dataclass(frozen=True)
class Draft:
    """A call without its proof."""

    body: bytes = field(repr=False)
    content_type: str = "application/json"


@dataclass(frozen=True)
class Proof:
    """What a signature adds to a call."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A GET of Kinbox's to one of the provider's hosts. `path` begins without a slash; header names are lower case."""

    host: str
    path: str = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def bears(self, token: str) -> bool:
        return self.headers.get("authorization") == f"Bearer {token}"


@dataclass(frozen=True)
class Served:
    """The provider's answer."""

    body: bytes = field(repr=False)
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def json(cls, value: Any, status: int = 200) -> Served:
        return cls(as_json(value), status)

    @classmethod
    def picture(cls, picture: Picture | None, content_type: str | None = None) -> Served:
        if picture is None:
            return cls(b"", 404, "text/plain")
        return cls(picture.content, content_type=content_type or picture.content_type)


class Desk(Protocol):
    """What a stand-in knows about its customers."""

    def account(self, slug: str) -> Account | None: ...

    def person(self, slug: str, person_id: str) -> Person | None: ...

    def picture(self, picture_id: str) -> Picture | None: ...


class Provider(ABC):
    """One provider. It keeps nothing: accounts, people and pictures come from the desk."""

    slug: ClassVar[str]
    title: ClassVar[str]
    """The channel as the page calls it."""
    hosts: ClassVar[tuple[str, ...]] = ()
    """Where its files and profiles are. One that begins with a dot stands for its subdomains."""
    known_by: ClassVar[Literal["phone", "id"]]
    id_shape: ClassVar[str] = r"\S{1,100}"
    """What a person's id looks like where it is no phone."""
    names: ClassVar[Literal["always", "asked", "never"]]
    """Whether a sender's name stands in each call, can be asked for, or is not told at all."""
    pictures: ClassVar[bool] = True
    captions: ClassVar[bool] = True
    """Whether a picture and its words are one message."""
    signs: ClassVar[bool] = True
    """Where nothing is signed, the key in the webhook's URL is the proof."""

    @abstractmethod
    def new_secrets(self, address: str) -> dict[str, str]:
        """Made-up secrets of an account, by the names under which Kinbox keeps them."""

    @abstractmethod
    def new_person_id(self) -> str:
        """An id as the provider gives them, of somebody who never wrote before."""

    @abstractmethod
    def write(self, account: Account, message: Message) -> Draft:
        """The body of the call that brings this message."""

    def prove(self, draft: Draft, account: Account, url: str) -> Proof:  # noqa: ARG002
        """Sign a call to `url`, as of now, with the account's secrets."""
        return Proof()

    def serve(self, asked: Asked, desk: Desk) -> Served | None:  # noqa: ARG002
        """The answer to a GET at one of `hosts`; None when nothing is there."""
        return None

    def is_at(self, host: str) -> bool:
        return any(host.endswith(one) if one.startswith(".") else host == one for one in self.hosts)


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def digits(count: int) -> str:
    """Random digits, the first of them not zero."""
    return str(chance.choice("123456789")) + "".join(chance.choice("0123456789") for _ in range(count - 1))


def new_phone() -> str:
    """A number of the range that is kept for fiction, in an area where nobody of the shop's customers lives."""
    area = chance.choice(("341", "364", "447", "564", "628", "657", "669", "680", "726", "738", "769", "838"))
    return f"+1{area}55501{chance.randbelow(100):02d}"


def picture_in(path: str) -> str:
    """The picture's id in one of the provider's own names or paths: the last run of digits before its ending."""
    runs = re.findall(r"[0-9]+", path.removesuffix(".png"))
    return str(runs[-1]).lstrip("0") if runs else ""
