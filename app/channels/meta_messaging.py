"""What Messenger and Instagram share: the `messaging` events of an account's inbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from app.channels.base import Fetch, MediaPlan, ProfilePlan, RawCall
from app.channels.meta import MEDIA_HOSTS, Gathered, MetaAdapter, count, graph_url, media_url
from app.channels.meta_attachments import attachments_of
from app.channels.reading import instant, obj, text_of
from app.domain.message import Attachment, InboundMessage, Kind


class MessagingAdapter(MetaAdapter):
    """An inbox whose entries hold `messaging`, or `standby` while another app holds the thread."""

    def walk(self, entry: dict[str, Any], gathered: Gathered, call: RawCall) -> None:
        for name in ("messaging", "standby"):
            for event in gathered.objects(entry.get(name), name):
                read = partial(read_event, event, entry, received_at=call.received_at)
                gathered.read(event, _mid(event), read)
        # `changes` holds page news, and what the dashboard's test button sends: nothing that a customer wrote.
        gathered.ignored += count(entry.get("changes"))

    def media(self, attachment: Attachment) -> MediaPlan | None:
        """One GET without a token. The URL lives for a while only."""
        url = media_url(attachment.url)
        return MediaPlan(first=Fetch(url=url, hosts=MEDIA_HOSTS)) if url else None

    def name_plan(self, sender_id: str, host: str, fields: str) -> ProfilePlan | None:
        """Ask the Graph API for a sender's `fields`; None without a token."""
        url, token = graph_url(sender_id, host), self.secret("access_token").strip()
        if not (url and token):
            return None
        headers = {"Authorization": f"Bearer {token}"}
        fetch = Fetch(url=f"{url}?fields={fields}", hosts=frozenset({host}), headers=headers)
        return ProfilePlan(fetch=fetch, name=_name_in)


def read_event(event: Mapping[str, Any], entry: Mapping[str, Any], *, received_at: datetime) -> list[InboundMessage]:
    """The message that a customer's `message` or `postback` is; nothing for every other event.

    Raises KeyError with the name of what is missing.
    """
    said, sender_id = _said(event), text_of(obj(event.get("sender")), "id")
    if said is None or _comes_from_us(said, sender_id, entry) or "user_ref" in obj(event.get("sender")):
        return []
    if sender_id is None or not sender_id.strip():
        raise KeyError("sender.id")
    message_id = text_of(said, "mid") or _made_up_id(event, sender_id)
    text, attachments = _text(said), attachments_of(said)
    if not text and not attachments:
        attachments = (Attachment(kind=Kind.UNSUPPORTED),)
    account = text_of(obj(event.get("recipient")), "id") or text_of(entry, "id")
    return [
        InboundMessage(
            sender_id=sender_id,
            event_id=message_id,
            message_id=message_id,
            to=account,
            account_id=account,
            text=text,
            sent_at=_time(event.get("timestamp"), entry.get("time"), received_at=received_at),
            attachments=attachments,
        )
    ]


def _said(event: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The `message` or `postback`; None for an event that is neither."""
    for name in ("message", "postback"):
        said = event.get(name)
        if said is not None and not isinstance(said, dict):
            raise KeyError(name)
        if said is not None:
            return said
    return None


def _comes_from_us(said: Mapping[str, Any], sender_id: str | None, entry: Mapping[str, Any]) -> bool:
    """An echo of our own message, marked or not. An unsent message is as little news, and has an old id."""
    marked = bool(said.get("is_echo")) or bool(said.get("is_deleted"))
    return marked or (sender_id is not None and sender_id == text_of(entry, "id"))


def _text(said: Mapping[str, Any]) -> str:
    """What was typed, or the button's title; without a title, what the button stands for."""
    button = obj(said.get("quick_reply"))
    choices = (text_of(said, "text"), text_of(said, "title"), text_of(said, "payload"), text_of(button, "payload"))
    return next((one for one in choices if one), "")


def _made_up_id(event: Mapping[str, Any], sender_id: str) -> str:
    """Postbacks of old pages carry no `mid`; sender and time are the same in every delivery."""
    timestamp = text_of(event, "timestamp")
    if timestamp is None:
        raise KeyError("mid")
    return f"{sender_id}:{timestamp}"


def _mid(event: Mapping[str, Any]) -> str | None:
    return text_of(obj(event.get("message")), "mid") or text_of(obj(event.get("postback")), "mid")


def _time(*values: Any, received_at: datetime) -> datetime | None:
    """The first time that can be read."""
    read = (instant(value, received_at=received_at) for value in values)
    return next((one for one in read if one), None)


def _name_in(profile: Any) -> str | None:
    """`name` may be missing or null; then the parts, then the user name."""
    known = obj(profile)
    parts = [text_of(known, "first_name"), text_of(known, "last_name")]
    names = (text_of(known, "name"), " ".join(one for one in parts if one), text_of(known, "username"))
    return next((one for one in names if one and one.strip()), None)
