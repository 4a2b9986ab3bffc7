"""An erased person is nowhere any more: no table, no JSON, no byte of the file. Everybody else is as before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain.merge_record import MergeOrder
from app.domain.merging import Consent
from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.storage import audit, contact_states, inbox, merges
from app.storage.database import transaction
from app.storage.inbox import NewEvent
from app.storage.lanes import lane_name
from app.storage.models import AuditRecord, ContactRedirect, Identity, InboundEvent, KnownContact, Merge
from app.usecases.erase_person import Erased, Why, erase_contact, erase_sender
from app.usecases.following import follow
from tests.bridge.conftest import Bridge
from tests.bridge.leftovers import bytes_left, leftovers

ROSA = Teammate("4410021", "Rosa Teammate")
MAYA, PHONE = 5201340987, "+14155550123"
PERSON = (
    *("Maya", "Öztürk", "maya_oz", str(MAYA), PHONE, PHONE.lstrip("+"), "maya@home.example", "m-4711-x"),
    *("Where is my parcel", "It is for Grandma", "Maya asked for it by phone"),
)
OTHER = ("Bruno", "77001122", "I am somebody else")


def now() -> datetime:
    return datetime.now(UTC)


def workspace_of(bridged: Bridge) -> Workspace:
    return Workspace(id=bridged.workspace.app_id, region="us")


def erase(bridged: Bridge, contact_id: str, why: Why = "erased") -> Erased:
    with bridged.app.app_context():
        return erase_contact(workspace_of(bridged), contact_id, why=why, by=ROSA, at=now())


def other_writes(bridged: Bridge) -> None:
    bridged.telegram(OTHER[2], sender=int(OTHER[1]), first_name=OTHER[0])
    bridged.work()


def maya_writes(bridged: Bridge) -> str:
    """On two channels, merged by a teammate into a user that knows her email: the user's id."""
    names: dict[str, Any] = {"first_name": "Maya", "last_name": "Öztürk", "username": "maya_oz"}
    bridged.telegram("Where is my parcel", sender=MAYA, **names)
    bridged.sms("It is for Grandma", PHONE)
    bridged.work()
    leads = [one for one in (bridged.contact_of(str(MAYA)), bridged.contact_of(PHONE)) if one]
    fields = {"role": "user", "external_id": "m-4711-x", "email": "maya@home.example", "name": "Maya Öztürk"}
    user = bridged.intercom.create_contact(fields)
    for one in leads:
        kept = bridged.intercom.contact(one)
        bridged.intercom.merge(one, user.id, skip_duplicate_validation=True)
        with bridged.app.app_context(), transaction(write=True) as connection:
            follow(connection, bridged.workspace.app_id, one, user.id, at=now())
            merge(connection, bridged, one, user.id, kept.snapshot, user.snapshot)
    return user.id


def merge(connection: Any, bridged: Bridge, lead: str, user: str, before: Any, user_before: Any) -> str:
    order = MergeOrder(
        workspace_id=bridged.workspace.app_id,
        lead_id=lead,
        user_id=user,
        teammate=ROSA,
        conversation_id="991",
        consents=frozenset({Consent.NOTHING_SHARED}),
        reason="Maya asked for it by phone",
    )
    claimed = merges.claim(connection, order, now())
    assert claimed is not None
    assert merges.mark_sent(connection, claimed.id, lead_before=before, user_before=user_before, at=now())
    assert merges.mark_done(connection, claimed.id, at=now())
    assert merges.mark_verified(connection, claimed.id, user_after=user_before, at=now())
    return claimed.id


def told_of_elsewhere(bridged: Bridge, user: str) -> None:
    """What else may hold her: other people's matches, records, calls that nobody could read."""
    app_id = bridged.workspace.app_id
    with bridged.app.app_context(), transaction(write=True) as connection:
        account_id = connection.execute(select(Identity.account_id).where(Identity.sender_id == str(MAYA))).scalar_one()
        unread = {"raw": f'{{"from": {MAYA}, "name": "Maya"', "reason": "unreadable"}
        events = [
            NewEvent(
                workspace_id=app_id,
                account_id=account_id,
                event_id="u1",
                lane=lane_name(account_id, ""),
                payload=unread,
                poison="unreadable",
            ),
        ]
        inbox.store(connection, events, now())
        match = {"rule": "phone", "value": PHONE, "runners_up": [user, "66a1"], "before": None}
        connection.execute(update(Identity).where(Identity.sender_id == OTHER[1]).values(match=match))
        for contact_id, details in ((user, {"note": "Maya called"}), (None, {"imported": [PHONE, "kept"]})):
            audit.record(
                connection, app_id, action="noted", teammate=ROSA, contact_id=contact_id, details=details, at=now()
            )


def test_nothing_of_an_erased_person_is_stored(bridged_anywhere: Bridge) -> None:
    bridged = bridged_anywhere
    other_writes(bridged)
    user = maya_writes(bridged)
    told_of_elsewhere(bridged, user)
    bridged.telegram("Where is my parcel?? (waiting)", sender=MAYA, first_name="Maya")
    bridged.workspace.call_log.clear()
    assert leftovers(bridged.app, PERSON)

    erased = erase(bridged, user)

    assert leftovers(bridged.app, PERSON) == []
    assert bytes_left(bridged.app, PERSON) == []
    assert bridged.calls() == [], "erasing asks Intercom nothing"
    told = {**erased.counts}
    assert told == {
        "identities": 2,
        "conversations": 2,
        "events": 4,
        "waiting": 1,
        "known_contacts": 2,
        "merges": 2,
        "matches_of_others": 1,
        "audit_entries": 2,
    }
    assert len(erased.contact_ids) == 3


def test_what_others_are_and_did_stays(bridged_anywhere: Bridge) -> None:
    bridged = bridged_anywhere
    other_writes(bridged)
    user = maya_writes(bridged)
    told_of_elsewhere(bridged, user)
    erase(bridged, user)
    with bridged.app.app_context(), transaction() as connection:
        [identity] = connection.execute(select(Identity)).all()
        assert (identity.sender_id, identity.display_name) == (OTHER[1], OTHER[0])
        assert identity.match == {"rule": "phone", "value": "[erased]", "runners_up": ["66a1"]}
        kept = connection.execute(select(Merge)).all()
        assert {(one.into_id, one.admin_name, one.state, one.consents[0]) for one in kept} == {
            (user, "Rosa Teammate", "done", "nothing_shared")
        }
        gone = {one.from_id for one in kept}
        assert {one.into_id for one in connection.execute(select(ContactRedirect))} == {user}
        states = {one: contact_states.get(connection, bridged.workspace.app_id, one) for one in (user, *gone)}
        assert {one.state for one in states.values() if one} == {"erased"}
        assert None not in states.values()
        details = [row.details for row in connection.execute(select(AuditRecord).order_by(AuditRecord.id))]
        assert {"note": "[erased] called"} in details
        assert {"imported": ["[erased]", "kept"]} in details
        assert details[-1]["why"] == "erased"
        assert len(connection.execute(select(InboundEvent)).all()) == 1
    other_writes(bridged)
    assert len(bridged.threads()) == 3


def test_erasing_again_changes_and_records_nothing(bridged_anywhere: Bridge) -> None:
    bridged = bridged_anywhere
    user = maya_writes(bridged)
    assert not erase(bridged, user).nothing
    with bridged.app.app_context(), transaction() as connection:
        recorded = len(connection.execute(select(AuditRecord)).all())
    assert erase(bridged, user).nothing
    with bridged.app.app_context(), transaction() as connection:
        assert len(connection.execute(select(AuditRecord)).all()) == recorded


def test_any_of_the_merged_contacts_is_the_person(bridged_anywhere: Bridge) -> None:
    bridged = bridged_anywhere
    user = maya_writes(bridged)
    with bridged.app.app_context(), transaction() as connection:
        merged_away = connection.execute(select(ContactRedirect.from_id).limit(1)).scalar_one()
    erased = erase(bridged, merged_away)
    assert user in erased.contact_ids
    assert leftovers(bridged.app, PERSON) == []


def test_that_a_merged_away_lead_was_deleted_says_nothing_about_its_user(bridged: Bridge) -> None:
    user = maya_writes(bridged)
    with bridged.app.app_context(), transaction() as connection:
        merged_away = connection.execute(select(ContactRedirect.from_id).limit(1)).scalar_one()
    assert erase(bridged, merged_away, "deleted") == Erased()
    assert {contact for _, contact, _ in bridged.linked()} == {user}


def test_a_deleted_contact_takes_along_who_was_merged_into_it(bridged: Bridge) -> None:
    user = maya_writes(bridged)
    assert len(erase(bridged, user, "deleted").contact_ids) == 3
    assert leftovers(bridged.app, PERSON) == []


@pytest.mark.parametrize("sender", [PHONE, str(MAYA)])
def test_a_sender_is_the_person_of_their_contact(sender: str, bridged_anywhere: Bridge) -> None:
    bridged = bridged_anywhere
    other_writes(bridged)
    user = maya_writes(bridged)
    slug = "telegram" if sender == str(MAYA) else "africastalking"
    with bridged.app.app_context():
        erased = erase_sender(workspace_of(bridged), slug, sender, why="erased", by=None, at=now())
    assert user in erased.contact_ids
    assert leftovers(bridged.app, PERSON) == []
    assert [one for one, _, _ in bridged.linked()] == [OTHER[1]]


def test_a_sender_whose_first_message_waits_is_erased_with_it(bridged_anywhere: Bridge) -> None:
    bridged = bridged_anywhere
    bridged.telegram("Where is my parcel", sender=MAYA, first_name="Maya")
    with bridged.app.app_context():
        erased = erase_sender(workspace_of(bridged), "telegram", str(MAYA), why="erased", by=None, at=now())
    assert (erased.events, erased.waiting, erased.identities, erased.contact_ids) == (1, 1, 1, ())
    bridged.work()
    assert leftovers(bridged.app, PERSON) == []
    assert bridged.threads() == []


def test_who_writes_afterwards_is_a_stranger_and_a_new_lead(bridged_anywhere: Bridge) -> None:
    """Also while Intercom still serves the erased contact, with the number."""
    bridged = bridged_anywhere
    known = bridged.intercom.create_contact({"role": "user", "external_id": "u1", "phone": PHONE}).id
    bridged.sms("It is for Grandma", PHONE)
    bridged.work()
    assert bridged.contact_of(PHONE) == known
    erase(bridged, known)
    bridged.sms("A new day", PHONE)
    bridged.work()
    assert bridged.contact_of(PHONE) not in {None, known}
    assert bridged.threads() == [["<p>It is for Grandma</p>"], ["<p>A new day</p>"]]
    assert bridged.events() == [("done", None)]


def test_a_stranger_elsewhere_stays_when_nobody_has_this_id(bridged: Bridge) -> None:
    other_writes(bridged)
    before = (bridged.linked(), bridged.events())
    with bridged.app.app_context():
        assert erase_sender(workspace_of(bridged), "telegram", "123", why="erased", by=None, at=now()).nothing
        stranger = Workspace(id="another", region="us")
        assert erase_sender(stranger, "telegram", OTHER[1], why="erased", by=None, at=now()).nothing
        assert erase_contact(stranger, str(bridged.linked()[0][1]), why="erased", by=None, at=now()).nothing
    assert (bridged.linked(), bridged.events()) == before


def test_a_merge_that_was_asked_for_is_not_sent_any_more(bridged: Bridge) -> None:
    app_id = bridged.workspace.app_id
    order = MergeOrder(
        workspace_id=app_id,
        lead_id="l1",
        user_id="u1",
        teammate=ROSA,
        conversation_id=None,
        consents=frozenset({Consent.IRREVERSIBLE}),
    )
    with bridged.app.app_context(), transaction(write=True) as connection:
        claimed = merges.claim(connection, order, now())
    assert claimed is not None
    erase(bridged, "l1")
    with bridged.app.app_context(), transaction(write=True) as connection:
        record = {"id": "l1", "name": "Maya"}
        assert not merges.mark_sent(connection, claimed.id, lead_before=record, user_before=record, at=now())
        assert merges.get(connection, claimed.id).failure == "erased"


def test_a_merge_that_is_verified_late_stores_nobody_again(bridged: Bridge) -> None:
    user = maya_writes(bridged)
    with bridged.app.app_context(), transaction(write=True) as connection:
        connection.execute(update(Merge).values(verified_at=None, into_after=None))
        ids = connection.execute(select(Merge.id)).scalars().all()
    erase(bridged, user)
    with bridged.app.app_context(), transaction(write=True) as connection:
        for one in ids:
            assert merges.mark_verified(connection, one, user_after={"id": user, "name": "Maya Öztürk"}, at=now())
            record = merges.get(connection, one)
            assert (record.lead.label, record.user.label) == (f"lead {record.lead_id}", f"user {user}")
    assert leftovers(bridged.app, PERSON) == []


def test_known_contacts_of_others_stay(bridged: Bridge) -> None:
    other_writes(bridged)
    user = maya_writes(bridged)
    erase(bridged, user)
    with bridged.app.app_context(), transaction() as connection:
        [known] = connection.execute(select(KnownContact)).all()
        assert known.seen_at > now() - timedelta(minutes=1)
        assert known.contact_id == bridged.contact_of(OTHER[1])
