"""A person is erased in the very moment in which a merge of them becomes known: neither stops the other."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.deadline import Deadline
from app.domain.answers import Gone, Merged
from app.domain.merge_record import MergeOrder, MergeRecord
from app.domain.merging import Consent
from app.storage import erasure, merges
from app.storage.database import transaction
from app.usecases.desk import Desk
from app.usecases.settle_merge import settle_merge
from tests.bridge.conftest import Bridge
from tests.bridge.intercom_events import Intercom
from tests.bridge.test_erase_person import ROSA, erase, workspace_of


def sent(bridged: Bridge, lead: str, user: str, *, before: timedelta = timedelta()) -> MergeRecord:
    """A merge that a teammate asked for, and whose answer never came."""
    order = MergeOrder(
        workspace_id=bridged.workspace.app_id,
        lead_id=lead,
        user_id=user,
        teammate=ROSA,
        conversation_id=None,
        consents=frozenset({Consent.IRREVERSIBLE}),
    )
    at = datetime.now(UTC) - before
    with bridged.app.app_context(), transaction(write=True) as connection:
        claimed = merges.claim(connection, order, at)
        assert claimed is not None
        assert merges.mark_sent(connection, claimed.id, lead_before={"id": lead}, user_before={"id": user}, at=at)
        return merges.get(connection, claimed.id)


def desk_of(bridged: Bridge) -> Desk:
    return Desk(
        workspace=workspace_of(bridged),
        intercom=bridged.intercom,
        teammate=ROSA,
        conversation_id=None,
        deadline=Deadline.after(30),
    )


@pytest.mark.postgres
@pytest.mark.parametrize("went", ["into the user", "elsewhere"])
def test_a_merge_waits_for_an_erasure_with_nothing_in_its_hands(
    went: str, bridged_on_postgres: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else PostgreSQL finds that they wait for each other, and stops one of them."""
    bridged = bridged_on_postgres
    there = Intercom(bridged)
    lead, user, other = there.lead_of(), there.user(), there.user()
    record = sent(bridged, lead, user)
    there.merge(lead, user if went == "into the user" else other)
    ended: list[Any] = []

    def settle() -> None:
        with bridged.app.app_context():
            try:
                ended.append(settle_merge(desk_of(bridged), record))
            except Exception as fault:  # noqa: BLE001 - it is what is looked for
                ended.append(fault)

    settling = threading.Thread(target=settle)
    blank = erasure.blank_merges

    def blanked_while_it_settles(*given: Any) -> int:
        if not settling.ident:
            settling.start()
            settling.join(0.6)  # shorter than PostgreSQL waits before it looks for a deadlock
            assert settling.is_alive(), "it did not wait"
        return blank(*given)

    monkeypatch.setattr(erasure, "blank_merges", blanked_while_it_settles)
    assert erase(bridged, lead).identities == 1
    settling.join()
    assert isinstance(ended[0], Merged if went == "into the user" else Gone), ended
    assert there.survivor(lead) == (user if went == "into the user" else other)
    assert there.link_of() is None


@pytest.mark.postgres
def test_a_followed_merge_waits_for_an_erasure_with_nothing_in_its_hands(
    bridged_on_postgres: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridged = bridged_on_postgres
    there = Intercom(bridged)
    lead, user = there.lead_of(), there.user()
    there.tell("contact.lead.updated", lead)
    bridged.work()
    there.merge(lead, user)
    bridged.workspace.lifecycle.delete(user)
    there.tell_merged(lead, user)
    following = threading.Thread(target=bridged.work)
    drop = erasure.drop_known_contacts

    def dropped_while_it_follows(*given: Any) -> int:
        if not following.ident:
            following.start()
            following.join(0.6)
            assert following.is_alive(), "it did not wait"
        return drop(*given)

    monkeypatch.setattr(erasure, "drop_known_contacts", dropped_while_it_follows)
    erase(bridged, lead)
    following.join()
    assert bridged.events()[-1] == ("done", None), "at its first try"
    assert there.link_of() is None
