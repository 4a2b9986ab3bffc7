"""The WhatsApp Cloud API, v25.0: up to 1000 updates in one call, for any number of the business."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, Literal

from app.channels.base import Fetch, MediaPlan, RawCall, Secret
from app.channels.meta import (
    APP_SECRET,
    GRAPH_HOST,
    MEDIA_HOSTS,
    VERIFY_TOKEN,
    Gathered,
    MetaAdapter,
    count,
    graph_url,
    media_url,
)
from app.channels.reading import obj, text_of
from app.channels.whatsapp.messages import read_event
from app.channels.whatsapp.people import People
from app.channels.whatsapp.setup import SETUP
from app.domain.message import Attachment


class WhatsAppAdapter(MetaAdapter):
    """Messages to one WhatsApp business number."""

    slug = "whatsapp"
    title = "WhatsApp"
    provider = "WhatsApp Cloud API"
    address_hint = "the phone number id (not the number), from WhatsApp > API Setup"
    setup = SETUP
    secrets: ClassVar[tuple[Secret, ...]] = (
        APP_SECRET,
        VERIFY_TOKEN,
        Secret(name="access_token", hint="a system user's token, to fetch pictures and files", required=False),
    )
    identified_by: ClassVar[Literal["phone", "id"]] = "phone"
    keeps_id = False
    object_name = "whatsapp_business_account"

    def walk(self, entry: dict[str, Any], gathered: Gathered, call: RawCall) -> None:
        for change in gathered.objects(entry.get("changes"), "changes"):
            if change.get("field") == "messages":
                self._read(obj(change.get("value")), gathered, call)
            else:  # what the owner typed on the phone, old chats, news of the account
                gathered.ignored += 1

    def _read(self, value: dict[str, Any], gathered: Gathered, call: RawCall) -> None:
        account, people = text_of(obj(value.get("metadata")), "phone_number_id"), People(value)
        for event in gathered.objects(value.get("messages"), "messages"):
            read = partial(read_event, event, people, account=account, received_at=call.received_at)
            gathered.read(event, text_of(event, "id"), read)
        gathered.ignored += count(value.get("statuses")) + count(value.get("errors"))

    def media(self, attachment: Attachment) -> MediaPlan | None:
        """Ask the Graph API where the file is, then fetch it there; both with the token, within five minutes."""
        token = self.secret("access_token").strip()
        if not token:
            return None
        headers = {"Authorization": f"Bearer {token}"}
        if place := graph_url(attachment.media_id or ""):
            asked = Fetch(url=place, hosts=frozenset({GRAPH_HOST}), headers=headers)
            return MediaPlan(first=asked, then=partial(_file, headers=headers))
        url = media_url(attachment.url)
        return MediaPlan(first=Fetch(url=url, hosts=MEDIA_HOSTS, headers=headers)) if url else None


def _file(told: Any, *, headers: dict[str, str]) -> Fetch:
    """The file that the Graph API told about. The token goes to no host but Meta's."""
    url = media_url(text_of(obj(told), "url"))
    if url is None:
        raise ValueError("the Graph API named no URL on Meta's media hosts")
    return Fetch(url=url, hosts=MEDIA_HOSTS, headers=headers)
