"""P8: every screen, with hostile texts in every place that somebody outside can write to."""

from __future__ import annotations

import inspect
import json

import pytest

from app.domain.answers import Compared, MoveOffered, SeveralFound
from app.domain.comparison import compare as compare_contacts
from app.domain.merging import MergeAllowed, MoveInstead
from app.sidebar import (
    channels,
    compare,
    confirm,
    failures,
    home,
    ids,
    merge_form,
    move,
    promote,
    refusal,
    result,
    target,
)
from app.sidebar.screen import Screen
from canvas_components import Canvas, faults, first_canvas_faults
from tests.sidebar.builders import URL, contact, home_of, homes, identity, past_merge, screens, suggestions
from tests.sidebar.hostile import TEXTS, injected, links

MODULES = (channels, compare, confirm, failures, home, merge_form, move, promote, refusal, result, target)
ORDINARY = "Ann O'Neill (Dublin)"


def canvas_of(screen: Screen) -> dict[str, object]:
    made: dict[str, object] = json.loads(Canvas(components=screen.components).to_json_bytes())["canvas"]
    return made


def test_every_screen_of_the_sidebar_is_among_them() -> None:
    made = {
        name
        for module in MODULES
        for name, member in inspect.getmembers(module, inspect.isfunction)
        if name.endswith("_screen") and not name.startswith("_") and member.__module__ == module.__name__
    }
    assert {name for name, _ in screens(ORDINARY)} == made


@pytest.mark.parametrize("text", [ORDINARY, *TEXTS.values()], ids=["ordinary", *TEXTS.keys()])
def test_no_text_from_outside_becomes_markup(text: str) -> None:
    for name, screen in screens(text):
        canvas = canvas_of(screen)
        assert not faults(canvas), name
        assert not injected(canvas), name
        assert all(address.startswith("https://app.intercom.com/") for address in links(canvas)), name


@pytest.mark.parametrize("text", [ORDINARY, *TEXTS.values()], ids=["ordinary", *TEXTS.keys()])
def test_a_first_screen_with_hostile_texts_is_within_the_rules(text: str) -> None:
    for name, one in homes(text):
        assert not first_canvas_faults(canvas_of(home.home_screen(one))), name


def test_what_finds_injected_markup_can_find_it() -> None:
    for text in ("[x](https://evil.example)", "**PWN**", "<b>", "a\u202eb", "https://evil.example", "# x", "a*b"):
        assert injected({"content": {"components": [{"type": "text", "text": text}]}}), text
    assert not injected({"content": {"components": [{"type": "text", "text": "Merge **Ann** into **Bo**."}]}})
    assert injected({"content": {"components": [{"type": "list", "items": [{"type": "item", "title": "**Ann**"}]}]}})


@pytest.mark.parametrize("letter", ["x", "漢", "👩"])
def test_a_screen_about_very_much_still_fits_into_a_canvas(letter: str) -> None:
    """A canvas takes 64 KB: hundreds of attributes, channels, merges or hits must not end in an error."""
    long = letter * 300
    many = {f"{number} {long}": f"{number} {long}" for number in range(300)}
    lead = contact(long, custom_attributes=many)
    for attributes in ({}, many, dict.fromkeys(many, long)):
        user = contact(long, "user", "c" * 24, custom_attributes=attributes)
        pair = MergeAllowed(lead, user, (), frozenset(), lead_is_shown=True)
        comparison = compare_contacts(lead, user, conversations=None)
        shown = Compared(allowed=pair, comparison=comparison, lead_url=URL, user_url=URL)
        canvas_of(compare.compare_screen(shown))
    full = home_of(
        long,
        identities=tuple(identity(long, number) for number in range(300)),
        history=tuple(past_merge(long) for _ in range(300)),
    )
    users = MoveInstead(contact(long, "user"), contact(long, "user", "d" * 24))
    for screen in (
        channels.channels_screen(full),
        home.history_screen(full),
        merge_form.several_screen(SeveralFound(long, suggestions(long, 300))),
        move.move_offer_screen(MoveOffered(pair=users, identities=full.identities)),
    ):
        Canvas(components=screen.components, stored_data=screen.state)


def test_every_screen_has_a_way_on() -> None:
    for name, screen in screens(ORDINARY):
        clicks = [
            part["id"]
            for component in canvas_of(screen)["content"]["components"]  # type: ignore[index]  # JSON
            for part in (component, *component.get("items", ()))
            if (part.get("action") or {}).get("type") == "submit"
        ]
        if name == "home_screen":
            continue
        assert ids.HOME in clicks, name


def test_times_are_dates_in_the_workspaces_zone() -> None:
    """22:10 in UTC is the next morning on the Chatham Islands."""
    shown = {name: json.dumps(canvas_of(screen), ensure_ascii=False) for name, screen in screens(ORDINARY)}
    for name in (
        "home_screen",
        "channels_screen",
        "merged_screen",
        "in_doubt_screen",
        "history_screen",
        "failed_messages_screen",
    ):
        assert "Nov 23, 2026" in shown[name], name
        assert "Nov 22" not in shown[name], name
    assert "Nov 23, 2026 at 11:55AM" in shown["in_doubt_screen"]
