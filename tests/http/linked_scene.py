"""A lead whose linked channel others could own as well, and what a test asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Flask
from sqlalchemy import insert, select, update

from app.domain.identity import Match
from app.sandbox.workspace import Workspace
from app.storage.database import transaction
from app.storage.models import AuditRecord, ConversationLink, Identity, Merge
from tests.http.linking import link_channel
from tests.http.merging import LEAD, OTHER_LEAD, USER, stored, writes
from tests.sidebar_driver import Sidebar

if TYPE_CHECKING:
    from tests.http.conftest import MakeContact, OpenSidebar

AT = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
SAME_NUMBER = "+35315550123"


@dataclass
class Scene:
    """A lead with one text number, which a user and another lead have as well."""

    kinbox: Flask
    workspace: Workspace
    lead: str
    user: str
    twin: str
    identity: int
    open_sidebar: OpenSidebar

    def sidebar(self) -> Sidebar:
        return self.open_sidebar(self.lead)

    def at_identity(self) -> Sidebar:
        """A teammate looks at the one linked channel."""
        sidebar = self.sidebar()
        sidebar.press("Linked channel")
        sidebar.press("SMS · Main line")
        self.workspace.call_log.clear()
        return sidebar

    def row(self) -> Any:
        with self.kinbox.app_context(), transaction() as connection:
            return connection.execute(select(Identity.__table__)).one()

    @property
    def owner(self) -> str | None:
        return str(self.row().contact_id) if self.row().contact_id else None

    @property
    def match(self) -> Match | None:
        return Match.from_json(self.row().match)

    def change(self, **values: Any) -> None:
        with self.kinbox.app_context(), transaction(write=True) as connection:
            connection.execute(update(Identity).values(**values))

    @property
    def trail(self) -> list[tuple[str, str | None, str | None]]:
        return [(one.action, one.contact_id, one.admin_name) for one in stored(self.kinbox, AuditRecord)]

    def only_read(self) -> None:
        assert writes(self.workspace) == []
        assert stored(self.kinbox, Merge) == []


def linked_scene(make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar) -> Scene:
    lead, user, twin = make_contact(**LEAD), make_contact(**USER), make_contact(**OTHER_LEAD)
    match = Match("phone", SAME_NUMBER, (user, twin))
    identity = link_channel(kinbox, workspace.app_id, lead, handle="Ivy S.", match=match)
    with kinbox.app_context(), transaction(write=True) as connection:
        values = {"identity_id": identity, "workspace_id": workspace.app_id, "conversation_id": "501"}
        connection.execute(
            insert(ConversationLink).values(**values, state="open", contact_id=lead, last_activity_at=AT)
        )
    return Scene(kinbox, workspace, lead, user, twin, identity, open_sidebar)
