"""Which attributes a contact lost, and how what is left is counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.channel import Channel
from app.domain.contact import Contact
from app.domain.reconciling import LISTED, LinkedSender, Tally, Unresolved, lost_attributes

CHANNELS = {
    "telegram": Channel(slug="telegram", title="Telegram", identified_by="id", keeps_id=True),
    "twilio": Channel(slug="twilio", title="SMS", identified_by="phone", keeps_id=False),
}
AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def sender(channel: str, sender_id: str, hours_ago: float | None = 0) -> LinkedSender:
    return LinkedSender(channel, sender_id, None if hours_ago is None else AT - timedelta(hours=hours_ago))


def lost(*senders: LinkedSender, prefix: str = "kinbox", **attributes: object) -> dict[str, str]:
    contact = Contact(id="c1", role="lead", custom_attributes=attributes)
    return dict(lost_attributes(contact, senders, CHANNELS, prefix=prefix))


def test_a_contact_without_anything_gets_channel_and_id() -> None:
    assert lost(sender("telegram", "77")) == {"kinbox_channel": "telegram", "kinbox_telegram_id": "77"}


def test_a_channel_that_is_found_by_phone_keeps_no_id() -> None:
    assert lost(sender("twilio", "+14155550100")) == {"kinbox_channel": "twilio"}


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_blank_is_lost(blank: str | None) -> None:
    assert lost(sender("telegram", "77"), kinbox_channel="telegram", kinbox_telegram_id=blank) == {
        "kinbox_telegram_id": "77"
    }


def test_another_value_stays() -> None:
    assert lost(sender("telegram", "77"), kinbox_channel="line", kinbox_telegram_id="another") == {}


def test_whoever_wrote_last_counts() -> None:
    senders = (sender("telegram", "new", 1), sender("telegram", "old", 9), sender("twilio", "+14155550100", 5))
    for order in (senders, senders[::-1]):
        assert lost(*order) == {"kinbox_channel": "telegram", "kinbox_telegram_id": "new"}


def test_one_who_never_wrote_was_heard_on_no_channel() -> None:
    assert lost(sender("telegram", "77", None)) == {"kinbox_telegram_id": "77"}
    both = lost(sender("telegram", "77", None), sender("twilio", "+14155550100"))
    assert both == {"kinbox_channel": "twilio", "kinbox_telegram_id": "77"}


def test_the_prefix_is_the_workspace_s() -> None:
    assert lost(sender("telegram", "77"), prefix="bridge", kinbox_channel="telegram") == {
        "bridge_channel": "telegram",
        "bridge_telegram_id": "77",
    }


def test_a_channel_that_is_no_more_needs_nothing() -> None:
    assert lost(sender("carrier-pigeon", "77")) == {}


def test_all_are_counted_and_the_first_are_named() -> None:
    tally = Tally()
    for number in range(LISTED + 5):
        tally = tally.with_contact(str(number), repaired=number % 2 == 0, code="not_served")
    tally = tally.with_contact("fine", repaired=False, code=None).with_contact("x", repaired=False, code="merge_loop")
    assert (tally.checked, tally.repaired, tally.left) == (LISTED + 7, 53, LISTED + 6)
    gone, loop = tally.unresolved
    assert (gone.code, gone.count, gone.contact_ids) == ("not_served", LISTED + 5, tuple(map(str, range(LISTED))))
    assert loop == Unresolved("merge_loop", 1, ("x",))
    assert Tally(checked=LISTED + 7, repaired=53).with_unresolved(tally.unresolved_json()) == tally
