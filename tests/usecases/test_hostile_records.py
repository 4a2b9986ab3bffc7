"""What Intercom serves is stored whole and shown later, on both databases, whatever characters are in it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.domain.contact import Contact
from app.domain.identity import Match
from app.domain.merge_record import MergeOrder
from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.services import services
from app.storage import identities, merges
from app.storage.database import transaction
from app.storage.identities import Sender
from app.usecases.show_contact import show_contact
from tests.sidebar.hostile import TEXTS

WORKSPACE = Workspace(id="wk7test1", region="us", token="token-of-the-tests")
LEAD, USER = "a" * 24, "b" * 24
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_merge_of_hostile_contacts_is_stored_and_shown(database: Flask, text: str) -> None:
    teammate = Teammate("4410021", text)
    order = MergeOrder(
        workspace_id=WORKSPACE.id,
        lead_id=LEAD,
        user_id=USER,
        teammate=teammate,
        conversation_id="900100",
        consents=frozenset(),
        reason=text,
    )
    record = {"id": LEAD, "role": "lead", "name": text, "email": text, "phone": text, "custom_attributes": {text: text}}
    lead, user = Contact.from_json(record), Contact.from_json({**record, "id": USER, "role": "user"})
    with transaction(write=True) as connection:
        claimed = merges.claim(connection, order, NOW)
        assert claimed is not None
        assert merges.mark_sent(connection, claimed.id, lead_before=lead.snapshot, user_before=user.snapshot, at=NOW)
        assert merges.mark_done(connection, claimed.id, at=NOW)
        assert merges.mark_verified(connection, claimed.id, user_after=user.snapshot, at=NOW)
        services().workspaces.save(connection, WORKSPACE, NOW)
        account = services().channels.ensure(
            connection, WORKSPACE.id, slug="telegram", address="7712345678", name="Bot", at=NOW
        )
        sender = Sender(account_id=account.id, sender_id="5201340987", handle=text, display_name=text)
        identities.link(connection, WORKSPACE.id, sender, USER, match=Match("phone", text).to_json(), at=NOW)
    home = show_contact(WORKSPACE, user, teammate)
    assert len(home.history) == len(home.identities) == 1
    assert home.history[0].lead_id == LEAD
    assert home.history[0].lead_label
    with transaction() as connection:
        kept = merges.latest_of_lead(connection, WORKSPACE.id, LEAD)
    assert kept is not None
    assert kept.lead_before["name"] == lead.snapshot["name"]


@pytest.mark.parametrize("text", ["Ann", "Ann \\u0000", "\\\\u0000", "👩\u200d👧", 'a\nb"c', "é"])
def test_a_snapshot_is_the_record_as_it_came(text: str) -> None:
    record = {"id": LEAD, "name": text, "custom_attributes": {text: [text, 1, 1.5, None, True]}}
    assert Contact.from_json(record).snapshot == record


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\x00", ""),
        ("a\x00\x00b", "ab"),
        ("\\\x00", "\\"),
        ("\\\\\x00u0000", "\\\\u0000"),
        ("\ud83d x", "? x"),
        ("\udc00", "?"),
    ],
)
def test_a_snapshot_lacks_what_no_database_can_look_into(text: str, kept: str) -> None:
    made = Contact.from_json({"id": LEAD, "name": text, text: float("nan"), "other": [float("inf"), text]}).snapshot
    assert made == {"id": LEAD, "name": kept, kept: None, "other": [None, kept]}
