"""People are merged, deleted, archived and restored inside Intercom; Kinbox is told, late, twice, or half of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import update

from app.storage import audit
from app.storage.database import transaction
from app.storage.models import InboundEvent
from tests.bridge.conftest import Bridge, bridge
from tests.bridge.intercom_events import Intercom
from tests.conftest import MakeApp


@pytest.fixture
def there(bridged: Bridge) -> Intercom:
    return Intercom(bridged)


@pytest.fixture
def lagging(make_app: MakeApp) -> Iterator[Intercom]:
    """Where the search shows nothing new for a minute."""
    with bridge(make_app, KINBOX_SEARCH_LAG_S="60") as running:
        yield Intercom(running)


def test_a_merge_moves_the_link_before_the_next_message(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    there.merge(lead, user)
    there.tell_merged(lead, user)
    there.bridge.work()
    assert (there.link_of(), there.survivor(lead)) == (user, user)
    match = there.bridge.linked()[0][2]
    assert (match["rule"], match["value"]) == ("merged", "somebody inside Intercom"), "a merge by somebody ..."
    there.bridge.workspace.call_log.clear()
    there.bridge.telegram("Again")
    there.bridge.work()
    assert there.bridge.threads() == [["<p>Hello</p>", "<p>Again</p>"]]
    assert [path.rpartition("/")[2] for _, path in there.bridge.calls()] == ["reply"], "nothing had to be repaired"


def test_a_merge_that_is_told_often_is_recorded_once(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    there.merge(lead, user)
    for _ in range(4):
        there.tell_merged(lead, user)
    there.bridge.work()
    with there.bridge.app.app_context(), transaction() as connection:
        [entry] = audit.of_contact(connection, there.bridge.workspace.app_id, user)
    assert (entry.action, dict(entry.details)) == ("merge_followed", {"from_id": lead, "identities": 1})


def test_a_merge_without_its_lead_is_found_in_the_history_of_the_survivor(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    stranger = there.bridge.intercom.create_contact({"role": "lead"}).id
    for one in (stranger, lead):
        there.merge(one, user)
    there.tell_merged(lead, user, named=False)
    there.bridge.work()
    assert there.link_of() == user
    assert there.survivor(stranger) == stranger, "nobody here knows it"


def test_a_history_that_does_not_show_it_yet_is_looked_at_again_for_a_while(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    there.tell_merged(lead, user, named=False)
    there.bridge.work()
    assert there.bridge.events()[-1] == ("waiting", "merge_not_shown")
    there.merge(lead, user)
    there.bridge.hurry()
    there.bridge.work()
    assert there.link_of() == user
    there.tell_merged(lead, there.user(), named=False)
    for _ in range(6):
        there.bridge.hurry()
        there.bridge.work()
    assert there.bridge.events()[-1] == ("done", None), "given up quietly"


def test_a_lead_that_is_still_served_is_not_believed_to_be_merged(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    there.tell_merged(lead, user)
    for _ in range(6):
        there.bridge.hurry()
        there.bridge.work()
    assert (there.link_of(), there.survivor(lead)) == (lead, lead)
    assert there.bridge.events()[-1] == ("done", None)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "the later merge first"])
def test_a_chain_of_merges_ends_at_its_end(order: tuple[int, int], there: Intercom) -> None:
    """Intercom merges leads only; in its preview users too, so a survivor may go on."""
    lead, user, last = there.lead_of(), there.user(), there.user()
    there.merge(lead, user)
    workspace = there.bridge.workspace
    with workspace.store.change():
        workspace.directory.put(workspace.directory.table[user], _state="merged", _merged_into=last)
    pairs = [(lead, user), (user, last)]
    for number in order:
        there.tell_merged(*pairs[number])
        there.bridge.work()
    assert (there.link_of(), there.survivor(lead)) == (last, last)


def test_a_lead_that_went_without_a_trace_is_where_the_notification_says(there: Intercom) -> None:
    """Older versions of the API answer 404 for a merged contact."""
    lead, user = there.lead_of(), there.user()
    there.merge(lead, user)
    there.bridge.workspace.faults.add("status", status=404, path=f"/contacts/{lead}", method="GET", count=1)
    there.tell_merged(lead, user)
    there.bridge.work()
    assert there.link_of() == user


def test_an_archived_contact_is_marked_until_it_comes_back(there: Intercom) -> None:
    lead = there.lead_of()
    there.bridge.intercom.archive(lead)
    there.notifier.archived(lead)
    there.bridge.work()
    assert there.state(lead) == "archived"
    there.bridge.intercom.unarchive(lead)
    there.notifier.unarchived(lead)
    there.notifier.archived(lead)  # late: it was served again before
    there.bridge.work()
    assert there.state(lead) is None
    assert there.link_of() == lead


def test_a_contact_that_takes_a_message_is_not_archived_whatever_was_missed(there: Intercom) -> None:
    lead = there.lead_of()
    there.bridge.intercom.archive(lead)
    there.notifier.archived(lead)
    there.bridge.work()
    there.bridge.intercom.unarchive(lead)
    there.bridge.telegram("Again")
    there.bridge.work()
    assert (there.link_of(), there.state(lead)) == (lead, None)


def test_a_deletion_is_believed_only_when_intercom_serves_the_contact_no_more(there: Intercom) -> None:
    lead = there.lead_of()
    there.notifier.deleted(lead)
    for _ in range(6):
        there.bridge.work()
        assert there.state(lead) is None
        there.bridge.hurry()
    assert there.bridge.events()[-1] == ("done", None), "given up quietly"
    assert there.link_of() == lead
    there.bridge.workspace.lifecycle.delete(lead)
    there.notifier.deleted(lead)
    there.notifier.archived(lead)
    there.bridge.work()
    assert there.state(lead) in {"deleted", "erased"}


def test_a_deletion_that_intercom_shows_late_is_looked_for_again(there: Intercom) -> None:
    lead = there.lead_of()
    there.notifier.deleted(lead)
    there.bridge.work()
    assert there.bridge.events()[-1] == ("waiting", "deletion_not_shown")
    there.bridge.workspace.lifecycle.delete(lead)
    there.bridge.hurry()
    there.bridge.work()
    assert (there.link_of(), there.state(lead)) == (None, "deleted")
    assert {state for state, _ in there.bridge.events()} == {"done"}


def test_faults_before_the_first_look_are_no_looks(there: Intercom) -> None:
    lead = there.lead_of()
    there.notifier.deleted(lead)
    with there.bridge.app.app_context(), transaction(write=True) as connection:
        connection.execute(update(InboundEvent).where(InboundEvent.source == "intercom").values(attempts=4))
    there.bridge.work()
    assert there.bridge.events()[-1] == ("waiting", "deletion_not_shown")


def test_a_deletion_of_somebody_merged_away_erases_nobody(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    there.merge(lead, user)
    there.notifier.deleted(lead)
    there.bridge.work()
    assert (there.link_of(), there.state(lead), there.state(user)) == (user, None, None)


@pytest.mark.parametrize("first", ["deletion", "merge"])
def test_who_was_merged_into_a_deleted_contact_is_deleted_with_it(first: str, there: Intercom) -> None:
    lead, user, other = there.lead_of(), there.user(), there.lead_of(sender=78)
    tellings: list[Callable[[], None]] = [
        lambda: there.tell_merged(lead, user),
        lambda: there.notifier.deleted(user),
    ]
    there.merge(lead, user)
    there.bridge.workspace.lifecycle.delete(user)
    for tell in tellings if first == "merge" else reversed(tellings):
        tell()
        there.bridge.work()
    assert (there.state(user), there.survivor(lead)) == ("deleted", user)
    assert there.link_of() is None, "nothing is kept of the person"
    assert there.link_of(78) == other, "nothing happened to anybody else"


def test_a_rate_limit_and_a_lost_token_are_waited_out(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    there.merge(lead, user)
    there.bridge.workspace.faults.add("status", status=429, reset_s=60, path=f"/contacts/{lead}", count=1)
    there.tell_merged(lead, user)
    there.bridge.work()
    assert there.bridge.events()[-1] == ("waiting", "rate_limited")
    there.bridge.workspace.faults.access = "revoked"
    there.bridge.hurry()
    there.bridge.work()
    assert there.bridge.events()[-1] == ("waiting", "disconnected")
    there.bridge.workspace.faults.access = "active"
    there.bridge.hurry()
    there.bridge.work()
    assert there.link_of() == user


def test_an_outage_is_tried_again(there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    there.merge(lead, user)
    there.bridge.workspace.faults.add("status", status=500, path=f"/contacts/{lead}", count=10)
    there.tell_merged(lead, user)
    there.bridge.work()
    assert there.bridge.events()[-1] == ("waiting", "Unavailable")


def test_a_lead_who_signed_up_is_a_user_for_the_next_message(there: Intercom) -> None:
    lead = there.lead_of()
    there.bridge.intercom.update_contact(lead, {"role": "user", "external_id": "u-signed-up"})
    there.tell("contact.lead.signed_up", lead)
    there.bridge.work()
    known: Any = there.known(lead)
    assert known[0] == "user"


def test_an_id_that_was_taken_off_the_contact_is_written_again_with_the_next_message(there: Intercom) -> None:
    lead = there.lead_of()
    there.bridge.intercom.update_contact(lead, {"custom_attributes": {"kinbox_telegram_id": None}})
    there.tell("contact.lead.updated", lead)
    there.bridge.work()
    there.bridge.telegram("Again")
    there.bridge.work()
    assert there.link_of() == lead
    assert there.bridge.workspace.contact(lead)["custom_attributes"]["kinbox_telegram_id"] == "5201340987"
    there.bridge.workspace.call_log.clear()
    there.bridge.telegram("And again")
    there.bridge.work()
    assert len(there.bridge.calls()) == 1, "it is written once"


def test_a_phone_typed_by_hand_is_found_before_the_search_shows_it(lagging: Intercom) -> None:
    user = lagging.user()
    lagging.bridge.workspace.faults.index_lag_s = 60.0
    lagging.bridge.intercom.update_contact(user, {"phone": "+1 415-555-0100"})
    lagging.tell("contact.user.updated", user)
    lagging.bridge.sms("Hello", "+14155550100")
    lagging.bridge.work()
    assert lagging.bridge.linked()[0][1] == user


@pytest.mark.parametrize("told", [True, False], ids=["told", "not told"])
def test_a_phone_that_was_changed_by_hand_matches_no_more(told: bool, lagging: Intercom) -> None:
    user = lagging.user()
    lagging.bridge.intercom.update_contact(user, {"phone": "+14155550100"})
    lagging.tell("contact.user.updated", user)
    lagging.bridge.workspace.faults.index_lag_s = 60.0
    lagging.bridge.intercom.update_contact(user, {"phone": "+14155550199"})
    if told:
        lagging.tell("contact.user.updated", user)
    lagging.bridge.sms("Hello", "+14155550100")
    lagging.bridge.sms("Hello", "+14155550199")
    lagging.bridge.work()
    old, new = (contact_id for _, contact_id, _ in lagging.bridge.linked())
    assert old != user
    assert new == user or not told


def test_an_edited_phone_leaves_a_link_as_it_is(there: Intercom) -> None:
    there.bridge.sms("Hello", "+14155550100")
    there.bridge.work()
    [(_, lead, _)] = there.bridge.linked()
    there.bridge.intercom.update_contact(str(lead), {"phone": "+14155550199"})
    there.tell("contact.lead.updated", str(lead))
    there.bridge.sms("Again", "+14155550100")
    there.bridge.work()
    assert [contact_id for _, contact_id, _ in there.bridge.linked()] == [lead]
    assert there.bridge.threads() == [["<p>Hello</p>", "<p>Again</p>"]]
