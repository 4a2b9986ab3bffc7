"""What a walk over the links repairs, and what it tells instead."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.reconciling import Unresolved
from app.storage import audit, contact_states, reconcile_runs
from app.storage.database import transaction
from tests.reconcile.conftest import BATCH, Json, Links


def unresolved(links: Links) -> dict[str, tuple[str, ...]]:
    return {one.code: one.contact_ids for one in links.run().tally.unresolved}


def merge(links: Links, lead: str, user: str) -> None:
    """As somebody does it inside Intercom."""
    links.intercom.merge(lead, user, skip_duplicate_validation=True)


def test_links_that_are_right_cost_one_search_for_many(links: Links) -> None:
    links.leads(BATCH + 1)
    links.workspace.call_log.clear()
    walked = links.walk()
    assert (walked.state, walked.tally.checked, walked.tally.repaired) == ("finished", BATCH + 1, 0)
    assert links.calls() == [("POST", "/contacts/search")] * 2
    assert walked.calls == 2
    assert links.run().finished_at is not None


def test_a_merge_made_in_intercom_is_followed(links: Links) -> None:
    lead, user = links.lead("77"), links.user()
    merge(links, lead, user)
    walked = links.walk()
    assert (walked.tally.repaired, walked.tally.left) == (1, 0)
    assert links.contacts_of() == {"77": user}
    assert links.survivor(lead) == user
    with transaction() as connection:
        [entry] = audit.of_contact(connection, links.workspace.app_id, user)
    assert (entry.action, entry.details) == ("merge_followed", {"from_id": lead, "identities": 1})


def test_the_next_walk_finds_nothing_to_do(links: Links) -> None:
    lead, user = links.lead("77"), links.user()
    merge(links, lead, user)
    links.walk()
    links.workspace.call_log.clear()
    walked = links.walk()
    assert (walked.tally.checked, walked.tally.repaired) == (1, 0)
    assert links.calls() == [("POST", "/contacts/search")]


def test_a_survivor_that_nobody_is_linked_to_is_walked_too(links: Links) -> None:
    """The ends of redirects are followed further, so that one step leads to whoever is served."""
    user = links.user()
    lead = links.contact()
    links.redirect("long gone", lead)
    merge(links, lead, user)
    assert links.walk().tally.repaired == 1
    assert links.survivor("long gone") == user


def test_a_chain_whose_end_intercom_does_not_name_is_followed_hop_by_hop(links: Links) -> None:
    first, second, user = links.lead("1"), links.lead("2"), links.user()
    merge(links, second, user)
    links.redirect(first, second)
    links.workspace.unconfirmed = links.workspace.unconfirmed.changed({"merged_read_status": 404})
    links.intercom.archive(first)
    links.redirect(second, user)
    links.walk()
    assert links.contacts_of() == {"1": user, "2": user}


def test_a_circle_of_merges_ends_and_changes_nothing(links: Links) -> None:
    first, second = links.lead("1"), links.lead("2")
    for one, other in ((first, second), (second, first)):
        links.workspace.directory.put(links.workspace.directory.table[one], _state="merged", _merged_into=other)
    assert links.walk().tally.left == 2
    assert links.contacts_of() == {"1": first, "2": second}


@pytest.mark.parametrize("state", ["archive", "block", "delete"])
def test_a_contact_that_is_gone_is_told_and_keeps_its_link(links: Links, state: str) -> None:
    lead = links.lead("77")
    getattr(links.workspace.lifecycle, state)(lead)
    walked = links.walk()
    assert walked.tally.unresolved == (Unresolved("not_served", 1, (lead,)),)
    assert links.contacts_of() == {"77": lead}
    with transaction() as connection:
        assert contact_states.get(connection, links.workspace.app_id, lead) is None


def test_a_contact_that_intercom_told_us_about_is_explained(links: Links) -> None:
    lead = links.lead("77")
    links.workspace.lifecycle.archive(lead)
    with transaction(write=True) as connection:
        contact_states.mark(connection, links.workspace.app_id, lead, contact_states.ARCHIVED, links.clock())
    assert links.walk().tally.left == 0


def test_a_contact_that_is_served_again_is_no_longer_archived_here(links: Links) -> None:
    lead = links.lead("77")
    with transaction(write=True) as connection:
        contact_states.mark(connection, links.workspace.app_id, lead, contact_states.ARCHIVED, links.clock())
    links.clock.rest(1)
    assert links.walk().tally.repaired == 1
    with transaction() as connection:
        assert contact_states.get(connection, links.workspace.app_id, lead) is None


def test_what_intercom_told_meanwhile_is_newer_than_the_walk(links: Links) -> None:
    lead = links.lead("77")
    with transaction(write=True) as connection:
        later = links.clock() + timedelta(seconds=1)
        contact_states.mark(connection, links.workspace.app_id, lead, contact_states.ARCHIVED, later)
    assert links.walk().tally.repaired == 0
    with transaction() as connection:
        assert contact_states.get(connection, links.workspace.app_id, lead) is not None


def test_of_an_erased_person_the_tombstone_stays(links: Links) -> None:
    lead = links.contact()
    links.redirect("long gone", lead)
    with transaction(write=True) as connection:
        contact_states.mark(connection, links.workspace.app_id, lead, contact_states.ERASED, links.clock())
    links.clock.rest(1)
    links.walk()
    with transaction() as connection:
        assert contact_states.get(connection, links.workspace.app_id, lead) is not None


def marked(links: Links, contact_id: str, state: str) -> None:
    with transaction(write=True) as connection:
        contact_states.mark(connection, links.workspace.app_id, contact_id, state, links.clock())


@pytest.mark.parametrize("state", [contact_states.DELETED, contact_states.ERASED])
def test_whoever_was_merged_into_somebody_who_is_erased_goes_too(links: Links, state: str) -> None:
    """The notification of the merge was lost, the one of the deletion was not."""
    lead, user = links.lead("77"), links.user()
    other = links.lead("78")
    merge(links, lead, user)
    links.workspace.lifecycle.delete(user)
    marked(links, user, state)
    walked = links.walk()
    assert (walked.tally.repaired, walked.tally.left) == (1, 0)
    assert links.contacts_of() == {"78": other}
    assert links.survivor(lead) == user


def test_a_link_to_somebody_who_was_deleted_goes(links: Links) -> None:
    lead = links.lead("77")
    links.workspace.lifecycle.delete(lead)
    marked(links, lead, contact_states.DELETED)
    assert links.walk().tally.repaired == 1
    assert links.contacts_of() == {}


def test_a_contact_that_was_erased_and_linked_again_by_hand_may_be_archived(links: Links) -> None:
    lead = links.lead("77")
    links.workspace.lifecycle.archive(lead)
    marked(links, lead, contact_states.ERASED)
    assert links.walk().tally.left == 0
    assert links.contacts_of() == {"77": lead}


def test_lost_attributes_are_written_back(links: Links) -> None:
    lead = links.lead("77")
    links.intercom.update_contact(lead, {"custom_attributes": {"kinbox_channel": None, "kinbox_telegram_id": None}})
    assert links.walk().tally.repaired == 1
    assert links.attributes(lead) == {"kinbox_channel": "telegram", "kinbox_telegram_id": "77"}


def test_an_attribute_that_somebody_changed_stays(links: Links) -> None:
    lead = links.lead("77")
    links.intercom.update_contact(lead, {"custom_attributes": {"kinbox_telegram_id": "by hand"}})
    links.workspace.call_log.clear()
    assert links.walk().tally.repaired == 0
    assert links.calls() == [("POST", "/contacts/search")]


def test_a_survivor_gets_what_its_new_senders_need(links: Links) -> None:
    links.workspace.unconfirmed = links.workspace.unconfirmed.changed({"merge_fills_cdas": False})
    lead, user = links.lead("77"), links.user()
    merge(links, lead, user)
    links.walk()
    assert links.attributes(user) == {"kinbox_channel": "telegram", "kinbox_telegram_id": "77"}


def test_refused_attributes_are_told_and_soon_not_tried_any_more(links: Links) -> None:
    for number in range(10):
        links.link(links.contact(), str(number))
    links.workspace.faults.add("status", method="PUT", path="/contacts/*", status=403, code="forbidden")
    links.workspace.call_log.clear()
    walked = links.walk()
    assert (walked.state, walked.tally.left) == ("finished", 10)
    assert len(unresolved(links)["attributes_refused"]) == 10
    assert [method for method, _ in links.calls()].count("PUT") == 3


@pytest.mark.parametrize("status", [400, 422])
def test_where_the_search_is_refused_each_contact_is_read_alone(links: Links, status: int) -> None:
    ids = links.leads(4 * BATCH)
    links.workspace.faults.add("status", path="/contacts/search", status=status)
    links.workspace.call_log.clear()
    assert links.walk().tally.checked == len(ids)
    assert [path for method, path in links.calls() if method == "GET"] == [f"/contacts/{one}" for one in ids]
    assert links.calls().count(("POST", "/contacts/search")) == 3


def test_a_search_that_is_refused_once_is_tried_with_the_next_contacts(links: Links) -> None:
    links.leads(6 * BATCH)
    links.workspace.faults.add("status", path="/contacts/search", status=400, count=2)
    links.workspace.call_log.clear()
    links.walk()
    assert links.calls().count(("POST", "/contacts/search")) == 6
    assert len(links.calls()) == 6 + 2 * BATCH


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 400}, {"kind": "garbage"}])
def test_a_contact_that_intercom_tells_nothing_about_does_not_stop_the_walk(links: Links, fault: Json) -> None:
    ids = links.leads(BATCH)
    links.workspace.lifecycle.archive(ids[0])
    links.workspace.faults.add(path=f"/contacts/{ids[0]}", **fault)
    walked = links.walk()
    assert (walked.state, walked.tally.checked) == ("finished", BATCH)
    assert unresolved(links) == {"not_told": (ids[0],)}


def test_an_intercom_that_refuses_everything_stops_the_walk(links: Links) -> None:
    links.leads(30)
    links.workspace.faults.add("status", path="/contacts/*", status=400, code="intercom_version_invalid")
    walked = links.walk()
    assert walked.state == "stopped"
    assert walked.tally.checked < 20


def test_contacts_that_the_search_does_not_show_yet_are_read_alone(links: Links) -> None:
    links.workspace.faults.index_lag_s = 600.0
    lead = links.lead("77")
    links.workspace.call_log.clear()
    assert links.walk().tally.left == 0
    assert links.calls() == [("POST", "/contacts/search"), ("GET", f"/contacts/{lead}")]


def test_other_workspaces_are_left_alone(links: Links) -> None:
    links.lead("77")
    with transaction(write=True) as connection:
        assert reconcile_runs.claim(connection, "another", lease=timedelta(minutes=1)) is not None
    assert links.walk().tally.checked == 1
