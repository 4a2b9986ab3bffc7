"""What the use cases about channel identities and failed messages answer. `app.sidebar` turns each into a canvas.

Whatever names a person is kept out of every repr: those end up in logs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.answers import Suggestion
from app.domain.contact import Contact
from app.domain.identity import LinkedIdentity


@dataclass(frozen=True, kw_only=True)
class RunnersUp:
    """Who else could have been meant, read from Intercom just now.

    `gone` of them Intercom no longer serves; `unread` could not be read in time.
    """

    identity: LinkedIdentity
    candidates: tuple[Suggestion, ...]
    gone: int = 0
    unread: int = 0


@dataclass(frozen=True, kw_only=True)
class TargetForm:
    """The contact that an identity should move to is asked for. `problem` says why what was typed does not name it."""

    identity: LinkedIdentity
    typed: str = field(default="", repr=False)
    problem: str | None = None
    candidates: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TargetNamed:
    """The contact that an identity should move to, read from Intercom just now. Nothing has moved yet."""

    identity: LinkedIdentity
    target: Contact


@dataclass(frozen=True, kw_only=True)
class IdentityUnlinked:
    """The identity belongs to nobody, so its next message is matched anew. `at` names this unlinking."""

    identity: LinkedIdentity
    at: datetime


@dataclass(frozen=True)
class IdentityLinkedAgain:
    """The unlinking was undone before any message came."""

    identity: LinkedIdentity


@dataclass(frozen=True, kw_only=True)
class FailedMessage:
    """A message that could not be brought in. `code` says why; its text stays where it is."""

    event_id: int
    channel: str
    account_name: str
    code: str
    received_at: datetime


@dataclass(frozen=True)
class FailedMessages:
    """The newest of them first; `number` is how many there are in all."""

    listed: tuple[FailedMessage, ...]
    number: int


@dataclass(frozen=True)
class MessagesRetried:
    """So many of the messages that were asked for are on their way again; the others no longer needed it."""

    number: int
