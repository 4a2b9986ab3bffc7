"""Export a person: everything that Kinbox holds of a contact or of a sender, as JSON for them to take away."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.storage import audit, people, personal_rows
from app.storage.database import transaction
from app.storage.people import Somebody


@dataclass(frozen=True)
class Exported:
    """`document` is JSON: every part is a list of rows, `contact_ids` are the contacts that are this person."""

    document: dict[str, Any] = field(repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each part has."""
        return {name: len(rows) for name, rows in self.document.items() if name in _PARTS}

    @property
    def nothing(self) -> bool:
        """Whether nothing is held but that the contact is gone."""
        return not any(number for name, number in self.counts.items() if name not in _ONLY_IDS)


_PARTS = ("identities", "events", "merges", "recorded", "known_lately", "merged_away", "gone")
_ONLY_IDS = frozenset({"merged_away", "gone", "recorded"})


def record_export(workspace: Workspace, exported: Exported, *, by: Teammate | None, at: datetime) -> None:
    """Somebody took it away: it is personal data, so that is kept like a change. `by` is None for an operator."""
    contacts = exported.document["contact_ids"]
    with transaction(write=True) as connection:
        audit.record(
            connection,
            workspace.id,
            action="person_exported",
            teammate=by,
            contact_id=contacts[0] if contacts else None,
            details={"contact_ids": contacts},
            at=at,
        )


def export_contact(workspace: Workspace, contact_id: str, *, at: datetime) -> Exported:
    """What is held of the person that this contact is, merged ones with it. Raises DatabaseUnavailable."""
    with transaction() as connection:
        return _export(connection, people.contact(connection, workspace.id, contact_id), at)


def export_sender(workspace: Workspace, channel: int | str, sender_id: str, *, at: datetime) -> Exported:
    """The same for who writes under this id or phone, on an account (its id) or a channel (its slug)."""
    with transaction() as connection:
        return _export(connection, people.sender(connection, workspace.id, channel, sender_id), at)


def _export(connection: Connection, somebody: Somebody, at: datetime) -> Exported:
    found = somebody.identities(connection)
    words = somebody.words(connection, found)
    return Exported(
        {
            "exported_at": at.isoformat(),
            "workspace": somebody.workspace_id,
            "contact_ids": list(somebody.contact_ids),
            "identities": personal_rows.identities(connection, found),
            "events": personal_rows.events(connection, somebody, found, words),
            **personal_rows.of_contacts(connection, somebody),
        }
    )
