"""Messages of the classic MessageBird account: long numbers, short codes, flows. Source: MessageBird, Receive SMS."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.channels.kinds import kind_of_url
from app.channels.reading import required, text_of
from app.channels.written_times import written_instant
from app.domain.message import Attachment, InboundMessage
from app.domain.phone import read_sender

_LONG = {
    "id": ("id", "message_id"),
    "to": ("recipient", "receiver"),
    "text": ("body", "message"),
    "time": ("createddatetime", "date_utc", "date"),
}
_SHORT = {
    "id": ("mid", "id", "message_id"),
    "to": ("shortcode", "recipient", "receiver"),
    "text": ("message", "body"),
    "time": ("receive_datetime", "createddatetime"),
}


class ClassicFields:
    """The fields of a classic call by their meaning; names count without regard to capitals."""

    def __init__(self, named: Mapping[str, Any]) -> None:
        self._named = {name.lower(): value for name, value in named.items()}
        self._columns = _SHORT if self._any("mid") or self._any("shortcode") else _LONG

    def get(self, meaning: str) -> str | None:
        return self._any(*self._columns[meaning])

    def _any(self, *names: str) -> str | None:
        return next((found for name in names if (found := text_of(self._named, name))), None)

    @property
    def is_message(self) -> bool:
        """A status report has neither text nor sender; a call with none of these at all is nothing of ours."""
        return bool(self.get("text") or text_of(self._named, "originator") or list(self.media()))

    def message(self, *, region: str | None, received_at: datetime) -> InboundMessage:
        """Raises KeyError with the name of what is missing."""
        sender = required(self._named, "originator")
        message_id = self.get("id") or required(self._named, "id")
        return InboundMessage(
            sender_id=sender,
            event_id=message_id,
            message_id=message_id,
            to=self.get("to"),
            account_id=self.get("to"),
            text=self.get("text") or "",
            sent_at=written_instant(self.get("time"), received_at=received_at),
            attachments=tuple(Attachment(kind=kind_of_url(url), url=url) for url in self.media()),
            phone=read_sender(sender, region=region, international_digits=True),
        )

    def media(self) -> Iterator[str]:
        """The URLs of an MMS: a list, a list as JSON text, or one text, under `mediaUrls` or `mediaUrls[0]`."""
        for name, value in self._named.items():
            if name.partition("[")[0] in {"mediaurls", "mediaurl"}:
                yield from (one for one in _listed(value) if isinstance(one, str) and one)


def _listed(value: Any) -> list[Any]:
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    return value if isinstance(value, list) else [value]
