"""What one workspace tells of its changes. Sent once the change is whole and on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.sandbox.store import Store
from app.sandbox.webhooks import envelope
from app.sandbox.webhooks.sender import Webhooks
from app.sandbox.webhooks.topics import PING

Json = dict[str, Any]


class Notices:
    def __init__(self, store: Store, app_id: str, webhooks: Webhooks) -> None:
        self._store = store
        self._app_id = app_id
        self._webhooks = webhooks
        self._made: list[Json] = []
        store.on_leave.append(self._hand_over)

    def contact(self, topic: str, record: Mapping[str, Any], **more: Any) -> None:
        """`contact.*` with the contact as it is now; `{role}` in the topic is the contact's."""
        named = topic.format(role=record["role"])
        self._tell(named, lambda: {**envelope.contact_item(record), **more})

    def contact_gone(self, record: Mapping[str, Any]) -> None:
        self._tell("contact.deleted", lambda: envelope.gone_contact(record))

    def contact_tagged(self, topic: str, record: Mapping[str, Any], tag: Mapping[str, Any]) -> None:
        """A tag topic carries the tag together with the contact."""
        item = {"type": "contact_tag", "created_at": self._store.clock_s(), "tag": dict(tag)}
        self._tell(topic.format(role=record["role"]), lambda: {**item, "contact": envelope.contact_item(record)})

    def conversation(self, topic: str, served: Callable[[], Json], *parts: Json) -> None:
        """`conversation.*`; `served` gives it as plain text. Its new parts only, unless the switch says all."""
        ids = [part["id"] for part in parts] if self._store.unconfirmed.webhook_parts == "new" else None
        self._tell(topic, lambda: envelope.conversation_item(served(), ids))

    def conversation_gone(self, record: Mapping[str, Any]) -> None:
        self._tell("conversation.deleted", lambda: envelope.gone_conversation(record))

    def ping(self) -> None:
        self._tell(PING, lambda: {"type": "ping"})

    def _tell(self, topic: str, item: Callable[[], Json]) -> None:
        if self._webhooks.wants(topic, self._app_id):
            self._made.append(envelope.notification(topic, self._app_id, item(), self._store.clock_s()))

    def _hand_over(self) -> None:
        made, self._made = self._made, []
        for told in made:
            self._webhooks.take(told)
