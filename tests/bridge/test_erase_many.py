"""A person of very many merged contacts is erased like any other."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from app.domain.teammate import Teammate
from app.storage import audit, known_contacts
from app.storage.database import transaction
from app.storage.models import AuditRecord, ContactRedirect, Identity, KnownContact, Merge
from app.usecases.erase_person import erase_contact
from tests.bridge.conftest import Bridge
from tests.bridge.leftovers import leftovers
from tests.bridge.test_erase_person import OTHER, now, other_writes, workspace_of

MERGED = 1_100


def lead(number: int) -> str:
    return f"66a1f0c2d3e4f5a6b7{number:06d}"


def phone(number: int) -> str:
    return f"+1415{number:07d}"


def email(number: int) -> str:
    return f"maya{number}@home.example"


def merge(app_id: str, number: int) -> dict[str, Any]:
    contact = {"id": lead(number), "phone": phone(number), "email": email(number)}
    common = {"workspace_id": app_id, "into_id": "user", "state": "done", "consents": [], "asked_at": now()}
    return {**common, "id": str(number), "from_id": lead(number), "from_before": contact}


def test_every_word_of_every_merged_contact_is_looked_for(bridged_anywhere: Bridge) -> None:
    bridged = bridged_anywhere
    other_writes(bridged)
    app_id, last = bridged.workspace.app_id, MERGED - 1
    with bridged.app.app_context(), transaction(write=True) as connection:
        redirects = [
            {"workspace_id": app_id, "from_id": lead(one), "into_id": "user", "created_at": now()}
            for one in range(MERGED)
        ]
        connection.execute(insert(ContactRedirect), redirects)
        connection.execute(insert(Merge), [merge(app_id, one) for one in range(MERGED)])
        match = {"rule": "phone", "value": phone(last), "runners_up": [lead(0), lead(last)], "before": None}
        connection.execute(update(Identity).values(match=match))
        rosa = Teammate("4410021", "Rosa Teammate")
        for one in (0, last):
            audit.record(
                connection, app_id, action="noted", teammate=rosa, contact_id=None, details={"of": email(one)}, at=now()
            )
            attributes = {"kinbox_email": email(one)}
            known_contacts.saw(
                connection, app_id, f"new{one}", role="lead", phone=None, attributes=attributes, at=now()
            )

    with bridged.app.app_context():
        erased = erase_contact(workspace_of(bridged), "user", why="erased", by=None, at=now())

    assert (erased.merges, erased.matches_of_others) == (MERGED, 1)
    assert (erased.audit_entries, erased.known_contacts) == (2, 2)
    assert leftovers(bridged.app, [phone(last), email(0), email(last)]) == []
    with bridged.app.app_context(), transaction() as connection:
        assert connection.execute(select(Identity.match)).scalar_one()["runners_up"] == []
        assert connection.execute(select(KnownContact.contact_id)).scalars().all() == [bridged.contact_of(OTHER[1])]
        assert {"of": "[erased]"} in connection.execute(select(AuditRecord.details)).scalars().all()
