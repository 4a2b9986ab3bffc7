"""The linked channels through HTTP when somebody else was quicker: who comes later changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.intercom.client import Intercom
from tests.http.linked_scene import AT, SAME_NUMBER, Scene
from tests.sidebar_driver import Shown, Sidebar


def test_a_match_that_vanishes_after_it_was_offered_takes_nothing(scene: Scene, intercom: Intercom) -> None:
    sidebar = scene.at_identity()
    sidebar.press("Choose another")
    intercom.archive(scene.user)
    assert sidebar.press("Ivy Stone").title == "Contact not available"
    assert scene.owner == scene.lead
    assert scene.trail == []


def test_a_channel_that_was_matched_anew_is_not_linked_again(scene: Scene) -> None:
    sidebar = scene.at_identity()
    sidebar.press("Unlink")
    scene.change(contact_id=scene.twin, matched_at=AT)
    assert sidebar.press("Link again").title == "Not moved"
    scene.change(contact_id=None)
    assert sidebar.force("identity.relink").title != "✓ Linked again"
    assert scene.owner is None


STEPS: dict[str, Callable[[Sidebar, Scene], Shown]] = {
    "unlink": lambda sidebar, _: sidebar.press("Unlink"),
    "look at the other matches": lambda sidebar, _: sidebar.press("Choose another"),
    "ask for a contact": lambda sidebar, _: sidebar.press("Move to another contact"),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_a_channel_that_somebody_moved_first_stays_where_it_is(
    step: Callable[[Sidebar, Scene], Shown], scene: Scene
) -> None:
    sidebar = scene.at_identity()
    scene.change(contact_id=scene.twin)
    assert step(sidebar, scene).title == "Not moved"
    assert scene.owner == scene.twin
    assert scene.trail == []


@pytest.mark.parametrize("last", ["choose", "name", "confirm", "undo", "pick"])
def test_the_last_click_loses_against_somebody_quicker(last: str, scene: Scene) -> None:
    sidebar = scene.at_identity()
    if last in {"choose", "undo"}:
        sidebar.press("Choose another")
    else:
        sidebar.press("Move to another contact")
        if last != "name":
            sidebar.click("target", target=SAME_NUMBER if last == "pick" else scene.user)
    if last == "undo":
        sidebar.press("Ivy Stone")
    scene.change(contact_id=scene.twin)
    shown = {
        "choose": lambda: sidebar.press("Ivy Stone"),
        "pick": lambda: sidebar.press("Ivy Stone"),
        "name": lambda: sidebar.click("target", target=scene.user),
        "confirm": lambda: sidebar.press("Move the channel"),
        "undo": lambda: sidebar.press("Move it back"),
    }[last]()
    assert shown.title == "Not moved"
    assert scene.owner == scene.twin
    assert len(scene.trail) == (last == "undo")


def test_a_second_click_changes_nothing(scene: Scene) -> None:
    sidebar = scene.at_identity()
    first = sidebar.shown
    sidebar.press("Unlink")
    sidebar.shown = first
    assert sidebar.press("Unlink").title == "Not moved"
    assert len(scene.trail) == 1
