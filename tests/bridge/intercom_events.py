"""What people do inside Intercom, and Kinbox being told of it or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.storage import contact_states, redirects
from app.storage.database import transaction
from app.storage.models import ConversationLink, KnownContact
from tests.bridge.conftest import Bridge
from tests.notifying import Notifier

Json = dict[str, Any]


@dataclass
class Intercom:
    """The workspace, with the notifications that it would send."""

    bridge: Bridge
    notifier: Notifier = field(init=False)

    def __post_init__(self) -> None:
        self.notifier = Notifier(self.bridge.app, self.bridge.workspace.app_id)

    def lead_of(self, sender: int = 5201340987, text: str = "Hello") -> str:
        """The lead that a message of this Telegram sender makes."""
        self.bridge.telegram(text, sender=sender)
        self.bridge.work()
        return str(self.link_of(sender))

    def user(self, **more: Any) -> str:
        fields = {"role": "user", "external_id": f"u{next(self.bridge.numbers)}", **more}
        return self.bridge.intercom.create_contact(fields).id

    def merge(self, lead_id: str, user_id: str) -> None:
        self.bridge.intercom.merge(lead_id, user_id, skip_duplicate_validation=True)

    def record(self, contact_id: str) -> Json:
        """The contact as a webhook shows it, whatever its state."""
        raw = self.bridge.workspace.raw_contact(contact_id) or {"id": contact_id}
        return {"type": "contact", **{name: value for name, value in raw.items() if not name.startswith("_")}}

    def tell_merged(self, lead_id: str, user_id: str, *, named: bool = True, **more: Any) -> None:
        self.notifier.merged(self.record(user_id), lead_id if named else None, **more)

    def tell(self, topic: str, contact_id: str, **more: Any) -> None:
        self.notifier.tell(topic, self.record(contact_id), **more)

    def link_of(self, sender: int | str = 5201340987) -> str | None:
        """The contact of this sender; None also when nothing is known of them."""
        return next((contact_id for name, contact_id, _ in self.bridge.linked() if name == str(sender)), None)

    def survivor(self, contact_id: str) -> str:
        with self.bridge.app.app_context(), transaction() as connection:
            return redirects.survivor(connection, self.bridge.workspace.app_id, contact_id)

    def state(self, contact_id: str) -> str | None:
        with self.bridge.app.app_context(), transaction() as connection:
            state = contact_states.get(connection, self.bridge.workspace.app_id, contact_id)
            return state.state if state else None

    def known(self, contact_id: str) -> tuple[str | None, str | None, Json] | None:
        """Role, phone and attributes of a contact that is known lately."""
        columns = (KnownContact.role, KnownContact.phone, KnownContact.attributes)
        with self.bridge.app.app_context(), transaction() as connection:
            row = connection.execute(select(*columns).where(KnownContact.contact_id == contact_id)).first()
            return None if row is None else (row.role, row.phone, row.attributes)

    def conversation(self) -> Any:
        """The one link to a conversation, or None."""
        with self.bridge.app.app_context(), transaction() as connection:
            return connection.execute(select(ConversationLink.__table__)).one_or_none()
