"""What bringing one message to Intercom works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.channel import Channel
from app.domain.message import Attachment, InboundMessage
from app.domain.work import Hold
from app.domain.workspace import Workspace
from app.intercom.client import Intercom
from app.intercom.conversations import File
from app.usecases.bridge.steps import Steps

SEARCH_LAG = timedelta(minutes=10)
"""How long a contact may be missing from Intercom's search after it was made (help: 2 to 4 minutes, up to 10)."""


@dataclass(frozen=True)
class NoFile:
    """An attachment that could not be fetched: `why` in words for the teammate. `later` says that it may work soon."""

    why: str
    later: bool = False


FetchMedia = Callable[[Attachment], File | NoFile | None]
"""Gets an attachment's bytes; None where there is nothing to get."""
FetchName = Callable[[str], str | None]
"""Asks the provider for a sender's name; None where it does not tell."""
FindAdmin = Callable[[], str]
"""The admin in whose name things are done: the workspace's, or else the token's own. Raises IntercomError."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One message on its way. `account_id` is our channel account's."""

    event_id: int
    lane: str
    received_at: datetime
    attempts: int
    message: InboundMessage
    channel: Channel
    account_id: int
    country: str | None
    workspace: Workspace
    intercom: Intercom
    hold: Hold
    steps: Steps
    fetch_media: FetchMedia
    fetch_name: FetchName
    find_admin: FindAdmin
    now: Callable[[], datetime]
    search_lag: timedelta = SEARCH_LAG

    @property
    def written_at(self) -> datetime:
        """The provider's time, or the time of receipt where it sends none."""
        return self.message.sent_at or self.received_at
