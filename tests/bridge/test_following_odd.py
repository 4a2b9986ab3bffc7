"""Notifications with values in them that nobody expects: they are kept as far as that goes, and hinder nobody."""

from __future__ import annotations

import time

import pytest

from tests.bridge.conftest import Bridge
from tests.bridge.intercom_events import Intercom


@pytest.fixture
def there(bridged_anywhere: Bridge) -> Intercom:
    return Intercom(bridged_anywhere)


def just_now() -> int:
    """Not a second ago, which is longer than the search lags here: a time to come is taken for the time of receipt."""
    return int(time.time()) + 60


@pytest.mark.parametrize(
    "odd",
    [{"kinbox_telegram_id": "77\x00"}, {"kinbox_telegram_id": "77\ud800"}, {"kinbox_\x00_id": "77"}],
    ids=["nul", "half a character", "name"],
)
def test_an_odd_attribute_of_one_contact_stops_nobody_else(odd: dict[str, str], there: Intercom) -> None:
    user = there.user()
    item = {**there.record(user), "phone": "+14155550100", "custom_attributes": {**odd, "kinbox_line_id": "U4af"}}
    there.notifier.tell("contact.user.updated", item, at_s=just_now())
    assert there.known(user) == ("user", "+14155550100", {"kinbox_line_id": "U4af"})
    there.bridge.telegram("Hello", sender=77)
    there.bridge.work()
    assert there.bridge.events() == [("done", None)]
    assert there.link_of(77) not in {None, user}, "their id is another"


def test_an_odd_attribute_of_a_linked_contact_is_read_and_left_out(there: Intercom) -> None:
    lead = there.lead_of()
    workspace = there.bridge.workspace
    with workspace.store.change():
        record = workspace.directory.table[lead]
        odd = {**record["custom_attributes"], "kinbox_viber_id": "a\x00b", "kinbox_line_id": "U4af"}
        workspace.directory.put(record, custom_attributes=odd)
    there.tell("contact.lead.updated", lead)
    there.bridge.telegram("Hello", sender=77)
    there.bridge.work()
    assert {state for state, _ in there.bridge.events()} == {"done"}
    known = there.known(lead)
    assert known is not None
    assert known[2] == {"kinbox_telegram_id": "5201340987", "kinbox_line_id": "U4af"}


def test_an_odd_role_is_no_reason_to_refuse_the_notification(there: Intercom) -> None:
    user = there.user()
    item = {**there.record(user), "role": "us\x00er", "phone": "+14155550100"}
    there.notifier.tell("contact.user.updated", item, at_s=just_now())
    assert there.known(user) == ("user", "+14155550100", {})


@pytest.mark.parametrize("at_s", [-62135596800, 0, 253402300799], ids=["year 1", "1970", "year 9999"])
def test_a_merge_told_with_an_odd_time_is_followed(at_s: int, there: Intercom) -> None:
    lead, user = there.lead_of(), there.user()
    there.merge(lead, user)
    there.tell_merged(lead, user, named=False, at_s=at_s)
    there.bridge.work()
    assert there.link_of() == user
    assert {state for state, _ in there.bridge.events()} == {"done"}
