"""The first screen: what it tells in each state, and that Intercom's rules hold whatever there is to tell."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.answers import FailedLately, Home, PastMerge
from app.domain.contact import Contact
from app.domain.identity import LinkedIdentity, Match
from app.sidebar.channels import channels_screen
from app.sidebar.home import home_screen
from canvas_components import Canvas, faults, first_canvas_faults
from tests.sidebar.builders import RULES, URL, contact, home_of, identity, past_merge
from tests.sidebar.hostile import TEXTS, injected
from tests.sidebar_driver import Shown

many = settings(
    max_examples=1500 if os.environ.get("CI") == "true" else 150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def shown(home: Home, notice: str | None = None) -> Shown:
    canvas = Canvas(components=home_screen(home, notice=notice).components)
    return Shown(json.loads(canvas.to_json_bytes())["canvas"])


def hostile(name: str) -> str:
    return TEXTS[name]


# Names as they come, and such that take the most room: wide, combining, without a place to break.
letters = st.one_of(st.characters(), st.sampled_from("W漢한👩é\u0301ﷺ𒀱[](*_"))
texts = st.one_of(st.sampled_from(sorted(TEXTS)).map(hostile), st.text(letters, max_size=100))
maybe = st.none() | texts
ids = st.text("0123456789abcdef", min_size=24, max_size=24)
times = st.datetimes(datetime(1971, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
matches = st.builds(Match, st.sampled_from(RULES), maybe, st.lists(ids, max_size=3).map(tuple))
identities = st.builds(
    LinkedIdentity,
    id=st.integers(1, 9),
    channel=st.sampled_from(["whatsapp", "twilio", "africastalking", "a-new-one"]),
    account_name=texts,
    sender_id=texts,
    handle=maybe,
    display_name=maybe,
    last_message_at=st.none() | times,
    match=st.none() | matches,
)
merges = st.builds(
    PastMerge,
    lead_id=ids,
    user_id=st.just("c" * 24) | ids,
    state=st.just("done"),
    lead_label=texts,
    user_label=texts,
    by=texts,
    at=times,
)
STATES = ("archived", "blocked", "deleted", "erased", "a state of another version")
CODES = ("Refused", "intercom_422_parameter_invalid", "StillInDoubt", "KeyError", "")
homes = st.builds(
    Home,
    contact=st.builds(
        Contact,
        id=st.just("c" * 24),
        role=st.sampled_from(["lead", "user", "", "visitor"]),
        name=maybe,
        email=maybe,
        phone=maybe,
        unsubscribed_from_emails=st.booleans(),
    ),
    profile_url=st.none() | st.just(URL),
    timezone=st.sampled_from(["UTC", "Europe/Dublin", "Pacific/Chatham"]),
    identities=st.lists(identities, max_size=4, unique_by=lambda one: one.id).map(tuple),
    history=st.lists(merges, max_size=3).map(tuple),
    open_merge=st.none() | merges,
    survivor_id=st.none() | ids,
    survivor_url=st.none() | st.just(URL),
    survivor_label=maybe,
    may_merge=st.booleans(),
    connected=st.booleans(),
    failed=st.none() | st.builds(FailedLately, st.integers(1, 2500), st.none() | st.sampled_from(CODES)),
    gone=st.none() | st.sampled_from(STATES),
)


@many
@given(homes)
def test_the_first_screen_is_within_the_rules_whatever_there_is_to_tell(home: Home) -> None:
    canvas = shown(home).canvas
    assert not faults(canvas)
    assert not first_canvas_faults(canvas)
    assert not injected(canvas)


@many
@given(homes)
def test_whatever_is_not_shown_is_one_click_away(home: Home) -> None:
    screen = shown(home)
    assert ("channels" in screen.ids) == bool(home.identities)
    assert ("failed" in screen.ids) == bool(home.failed)
    if home.history and not ("merged into this user" in screen.text or "Merged into" in screen.text):
        assert {"channels", "history"} & set(screen.ids)
    if home.connected and home.may_merge and not (home.survivor_id or home.open_merge):
        assert ("merge" in screen.ids) == (home.gone not in {"deleted", "blocked"})


@pytest.mark.parametrize(
    ("changes", "title", "says"),
    [
        ({}, "Several matches", "Matched by phone Ann; 2 others have this number."),
        ({"identities": ()}, "Not from a channel", "No message of this contact came in through Kinbox."),
        (
            {"identities": (), "has_channels": False},
            "Not from a channel",
            "has no channel yet. An admin adds the first",
        ),
        ({"identities": (identity("Ann", others=0),)}, "Matched", "Matched by phone Ann."),
        ({"identities": (identity("Ann", others=1),)}, "Several matches", "1 other has this number"),
        ({"identities": (identity("Ann", rule="new_lead", others=0),)}, "New lead", "Kinbox made this lead"),
        ({"identities": (identity("Ann", rule=None),)}, "Matched", "Linked before Kinbox kept reasons."),
        ({"connected": False}, "Not connected", "To reconnect, an admin installs it again."),
        ({"open_merge": past_merge("Bo", state="sent")}, "Merge not confirmed yet", "Bo asked to merge **Bo** into"),
        ({"survivor_id": "c" * 24, "survivor_label": "Bo"}, "Merged", "was merged into **Bo**. New messages go there."),
        ({"may_merge": False}, "Several matches", "Only some teammates may merge"),
        ({"gone": "archived"}, "Archived", "goes to another match, or to a new lead, unless the contact is restored"),
        ({"gone": "blocked"}, "Blocked", "The next message goes to another match, or to a new lead."),
        ({"gone": "deleted"}, "Deleted", "Kinbox keeps nothing of the person. Who writes again gets a new lead."),
        ({"gone": "erased"}, "Erased", "Somebody had this person erased from Kinbox."),
        ({"gone": "archived", "survivor_id": "c" * 24}, "Merged", "New messages go there."),
        ({"gone": "archived", "connected": False}, "Not connected", "no access token that Intercom accepts"),
        ({"gone": "a state of another version"}, "Several matches", "Matched by phone Ann"),
        (
            {"identities": (replace(identity("Ann"), match=Match("new_lead", "the contact before is gone")),)},
            "New lead",
            "Intercom no longer serves the contact before, so Kinbox made this lead.",
        ),
    ],
)
def test_the_state_is_told_with_its_reason(changes: dict[str, Any], title: str, says: str) -> None:
    screen = shown(home_of("Ann", **changes))
    assert screen.title == title
    assert says in screen.text


def test_who_gets_no_emails_is_told_to_be_reached_by_channel() -> None:
    person = contact("Ann", unsubscribed_from_emails=True)
    line = "Unsubscribed from emails. Channel messages still come in."
    assert line in shown(home_of("Ann", contact=person)).text
    assert line not in shown(home_of("Ann", contact=person, identities=())).text
    assert line not in shown(home_of("Ann", contact=person, survivor_id="c" * 24)).text


def test_the_contact_is_shown_with_role_phone_and_email() -> None:
    home = Home(contact=contact("Ann", email="ann@shop.example", phone="+35315550123"), profile_url=URL, timezone="UTC")
    assert shown(home).table() == {"Lead": "Ann", "Phone": "+35315550123", "Email": "ann@shop.example"}
    assert {"merge", "profile"} <= set(shown(home).ids)


def test_two_channels_are_shown_with_name_handle_and_last_message() -> None:
    linked = tuple(
        replace(identity("@ann", number), channel=channel, account_name=account)
        for number, channel, account in ((1, "telegram", "Shop bot"), (2, "twilio", "Main line"), (4, "viber", "V"))
    )
    table = shown(home_of("Ann", identities=linked, history=())).table()
    assert table["Telegram · Shop bot"] == "@ann · Nov 23, 2026 at 11:55AM"
    assert table["SMS · Main line"] == "@ann · Nov 23, 2026 at 11:55AM"
    assert "Viber · V" not in table
    assert "All 3 channels" in shown(home_of("Ann", identities=linked, history=())).text
    every = json.dumps([one.to_dict() for one in channels_screen(home_of("Ann", identities=linked)).components])
    assert "Viber" in every
    assert "no message yet" in every


def test_the_last_merge_is_shown_where_there_is_room_and_else_behind_a_button() -> None:
    roomy = shown(home_of("Ann", identities=(), history=(past_merge("Bo"),)))
    assert "Lead **Bo** was merged into this user by Bo on Nov 23, 2026." in roomy.text
    assert "history" not in roomy.ids
    several = shown(home_of("Ann", identities=(), history=(past_merge("Bo"), past_merge("Cy"))))
    assert several.button("All 2 merges") == "history"
    full = shown(home_of("漢" * 300, identities=(identity("漢" * 300),), history=(past_merge("漢" * 300),)))
    assert full.button("Linked channel and merges") == "channels"


def test_a_channel_that_came_with_the_merge_is_not_explained_twice() -> None:
    """Which leaves room for the merge beside the channel."""
    came = replace(identity("Ann"), match=Match("merged", "Bo"))
    one = shown(home_of("Ann", identities=(came,), history=(past_merge("Bo"),)))
    assert "Lead **Bo** was merged into this user by Bo on Nov 23, 2026." in one.text
    assert "Came here with a merge" not in one.text
    other = shown(home_of("Ann", identities=(came,), history=(past_merge("Cy"),)))
    assert "Came here with a merge by Bo." in other.text


def test_a_name_of_a_megabyte_costs_no_time() -> None:
    """Putting combining marks in order takes quadratic time, and a canvas has two seconds."""
    name = "e" + "\u0301\u0323" * 500_000
    began = time.perf_counter()
    screen = shown(home_of(name))
    assert time.perf_counter() - began < 1
    assert not first_canvas_faults(screen.canvas)


def test_failed_messages_are_told_with_their_reason_and_lead_on() -> None:
    one = shown(home_of("Ann", failed=FailedLately(1, "intercom_422_parameter_invalid")))
    assert "1 message could not be brought in | Intercom refused it" in one.text
    assert one.button("1 message could not") == "failed"
    assert (
        "12 messages could not be brought in | For several reasons"
        in shown(home_of("A", failed=FailedLately(12, None))).text
    )


def test_a_channel_that_a_teammate_linked_is_no_open_question() -> None:
    """The contact that it was taken from stays among the runners-up, in case the teammate was wrong."""
    linked = replace(identity("Ann"), match=Match("teammate", "Bo", ("c" * 24,)))
    assert shown(home_of("Ann", identities=(linked,))).title == "Matched"


def test_a_notice_stands_first() -> None:
    assert shown(home_of("Ann"), "Nothing was changed.").components[0]["text"] == "Nothing was changed."
