"""The linked channels through HTTP: look, choose another, move, unlink, and take each of it back."""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from app.domain.identity import Match
from app.intercom.client import Intercom
from app.sandbox.workspace import Workspace
from app.storage.database import transaction
from app.storage.models import ContactRedirect, ConversationLink
from app.usecases import name_target
from tests.http.conftest import MakeContact, OpenSidebar
from tests.http.linked_scene import AT, SAME_NUMBER, Scene
from tests.http.linking import link_channel
from tests.http.merging import LEAD, OTHER_USER, stored
from tests.sidebar.hostile import TEXTS, injected
from tests.sidebar_driver import ADMIN


def test_every_channel_is_listed_with_its_sender_its_reason_and_its_last_message(scene: Scene) -> None:
    shown = scene.sidebar().press("Linked channel")
    assert shown.title == "Linked channels"
    assert "SMS · Main line | Ivy S. | last message Nov 22, 2026" in shown.text
    assert f"SMS · Main line – Matched by phone {SAME_NUMBER}; 2 others have this number." in shown.text


def test_one_channel_is_shown_with_what_can_be_done(scene: Scene) -> None:
    shown = scene.at_identity().shown
    assert shown is not None
    assert shown.title == "SMS · Main line"
    assert (shown.table()["Name"], shown.table()["Handle"]) == ("Ivy S.", "Ivy S.")
    assert {"identity.choose", "identity.move", "identity.unlink", "channels", "home"} <= set(shown.ids)


def test_without_other_matches_there_is_nothing_else_to_choose(scene: Scene) -> None:
    scene.change(match=Match("phone", SAME_NUMBER).to_json())
    shown = scene.at_identity().shown
    assert shown is not None
    assert "identity.choose" not in shown.ids
    assert "identity.move" in shown.ids


def test_another_match_is_chosen_and_taken_back(scene: Scene) -> None:
    before = scene.match
    sidebar = scene.at_identity()
    shown = sidebar.press("Choose another")
    assert f"Ivy Stone | User · ivy@shop.example | same phone {SAME_NUMBER}" in shown.text
    assert f"Ivy again | Lead | same phone {SAME_NUMBER}" in shown.text
    assert sidebar.press("Ivy Stone").title == "✓ Moved"
    assert scene.owner == scene.user
    assert scene.match == Match("teammate", "Rosa Teammate", (scene.lead, scene.twin), before)
    opened = scene.open_sidebar(scene.user).open()
    assert opened.title == "Matched"
    assert "Linked to this contact by Rosa Teammate." in opened.text
    assert sidebar.press("Move it back").title == "✓ Moved back"
    assert (scene.owner, scene.match) == (scene.lead, before)
    assert scene.trail == [
        ("identity_moved", scene.user, "Rosa Teammate"),
        ("identity_moved_back", scene.lead, "Rosa Teammate"),
    ]
    scene.only_read()


def test_who_was_taken_from_can_still_be_chosen_later(scene: Scene) -> None:
    sidebar = scene.at_identity()
    sidebar.press("Choose another")
    sidebar.press("Ivy Stone")
    later = scene.open_sidebar(scene.user)
    later.press("Linked channel")
    later.press("SMS")
    shown = later.press("Choose another")
    assert "Ivy | Lead | linked until Rosa Teammate decided otherwise" in shown.text
    assert "Ivy again | Lead | same phone" in shown.text
    later.press("Ivy again")
    assert scene.owner == scene.twin


def test_other_matches_that_are_gone_are_counted(scene: Scene, intercom: Intercom) -> None:
    intercom.archive(scene.user)
    shown = scene.at_identity().press("Choose another")
    assert "1 more contact matched, but Intercom does not serve them any more." in shown.text
    assert "Ivy Stone" not in shown.text
    intercom.archive(scene.twin)
    shown = scene.at_identity().press("Choose another")
    assert "None of the other matches is to be had in Intercom any more." in shown.text


def test_at_most_eight_other_matches_are_read(scene: Scene, make_contact: MakeContact) -> None:
    others = tuple(make_contact("lead", name=f"Ivy {number}", phone=SAME_NUMBER) for number in range(10))
    scene.change(match=Match("phone", SAME_NUMBER, others).to_json())
    shown = scene.at_identity().press("Choose another")
    assert len([one for one in shown.ids if one.startswith("identity.pick:")]) == name_target.MOST_RUNNERS_UP == 8
    assert len(scene.workspace.calls) == 8


def test_a_slow_intercom_shows_what_could_be_read_in_time(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_target, "_A_READ_NEEDS_S", 3.3)
    read = Intercom.contact

    def slowly(intercom: Intercom, *given: Any, **more: Any) -> Any:
        time.sleep(0.3)
        return read(intercom, *given, **more)

    monkeypatch.setattr(Intercom, "contact", slowly)
    sidebar = scene.at_identity()
    shown = sidebar.press("Choose another")
    assert "Ivy Stone" in shown.text
    assert "Intercom did not answer in time for 1 more." in shown.text
    monkeypatch.setattr(name_target, "_A_READ_NEEDS_S", 9)
    shown = sidebar.press("Look again")
    assert (shown.title, "Nothing was moved" in shown.text) == ("Intercom is not available", True)
    assert scene.owner == scene.lead


@pytest.mark.parametrize("named", ["id", "email", "link", "several"])
def test_a_channel_moves_to_whoever_is_named_and_back(named: str, scene: Scene) -> None:
    typed = {
        "id": scene.user,
        "email": "IVY@shop.example",
        "link": f"https://app.intercom.com/a/apps/{scene.workspace.app_id}/users/{scene.user}",
        "several": SAME_NUMBER,
    }[named]
    sidebar = scene.at_identity()
    assert sidebar.press("Move to another contact").title == "Whose channel is it?"
    shown = sidebar.click("target", target=typed)
    if named == "several":
        assert f"target.pick:{scene.lead}" not in shown.ids
        shown = sidebar.press("Ivy Stone")
    assert shown.title == "Move this channel?"
    assert shown.table() == {"User": "Ivy Stone", "Phone": "+353 1 555 0123", "Email": "ivy@shop.example"}
    assert scene.owner == scene.lead
    assert sidebar.press("Move the channel").title == "✓ Moved"
    assert scene.owner == scene.user
    assert sidebar.press("Move it back").title == "✓ Moved back"
    assert scene.match == Match("phone", SAME_NUMBER, (scene.user, scene.twin))
    assert scene.row().contact_id == scene.lead
    scene.only_read()


def test_a_channel_moves_between_leads_too(scene: Scene) -> None:
    sidebar = scene.at_identity()
    sidebar.press("Move to another contact")
    sidebar.click("target", target=scene.twin)
    sidebar.press("Move the channel")
    assert scene.owner == scene.twin


def test_a_moved_or_unlinked_channel_leaves_its_conversation(scene: Scene) -> None:
    """A message of somebody else must not go on in it."""
    scene.at_identity().press("Unlink")
    assert stored(scene.kinbox, ConversationLink) == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Nothing was typed."),
        ("nobody@shop.example", "No contact of this workspace has this as its email or external id."),
        ("f" * 24, "Intercom does not serve that contact."),
        ("this", "That is the contact which it is linked to now."),
    ],
)
def test_who_cannot_be_moved_to_is_said_with_what_was_typed(typed: str, says: str, scene: Scene) -> None:
    sidebar = scene.at_identity()
    sidebar.press("Move to another contact")
    shown = sidebar.click("target", target=scene.lead if typed == "this" else typed)
    assert shown.title == "Whose channel is it?"
    assert says in shown.text
    assert shown.component("target")["save_state"] == "failed"
    assert sidebar.click("target", target=scene.user).title == "Move this channel?"


def test_a_contact_that_was_merged_away_leads_to_its_survivor(scene: Scene, intercom: Intercom) -> None:
    intercom.merge(scene.twin, scene.user)
    sidebar = scene.at_identity()
    sidebar.press("Move to another contact")
    shown = sidebar.click("target", target=scene.twin)
    assert "was merged into another one. You can pick that one instead." in shown.text
    sidebar.press("Ivy Stone")
    sidebar.press("Move the channel")
    assert scene.owner == scene.user


def test_a_channel_is_unlinked_and_linked_again(scene: Scene) -> None:
    before = scene.match
    sidebar = scene.at_identity()
    shown = sidebar.press("Unlink")
    assert shown.title == "✓ Unlinked"
    assert "Its next message is matched anew." in shown.text
    assert scene.owner is None
    assert scene.open_sidebar(scene.lead).open().title == "Not from a channel"
    assert sidebar.press("Link again").title == "✓ Linked again"
    assert (scene.row().contact_id, scene.match) == (scene.lead, before)
    assert [one[0] for one in scene.trail] == ["identity_unlinked", "identity_linked_again"]
    assert scene.workspace.calls == []


def test_after_a_merge_a_channel_is_linked_again_to_the_survivor(scene: Scene) -> None:
    sidebar = scene.at_identity()
    sidebar.press("Unlink")
    with scene.kinbox.app_context(), transaction(write=True) as connection:
        values = {"workspace_id": scene.workspace.app_id, "from_id": scene.lead, "into_id": scene.user}
        connection.execute(insert(ContactRedirect).values(**values, created_at=AT))
    sidebar.press("Link again")
    assert scene.owner == scene.user


def test_a_teammate_who_may_not_merge_sees_the_channels_only(scene: Scene) -> None:
    scene.kinbox.test_cli_runner().invoke(args=["workspaces", "set", scene.workspace.app_id, "mergers=999"])
    shown = scene.sidebar().press("Linked channel")
    assert "SMS · Main line" in shown.text
    assert [one for one in shown.ids if one.startswith("identity")] == []


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_hostile_names_stay_text(
    text: str, make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**OTHER_USER)
    with workspace.store.change():
        for contact_id in (lead, user):
            workspace.directory.put(workspace.store.state["contacts"][contact_id], name=text, phone=text)
    match = Match("phone", text.encode("utf-8", "replace").decode(), (user,))
    identity = link_channel(kinbox, workspace.app_id, lead, account=text, handle=text, match=match)
    sidebar = open_sidebar(lead, admin={**ADMIN, "name": text})
    for component_id, inputs in (
        ("channels", {}),
        (f"identity:{identity}", {}),
        ("identity.choose", {}),
        ("identity.move", {}),
        ("target", {"target": text}),
        ("target", {"target": user}),
        ("target.confirm", {}),
        ("move.undo", {}),
        ("home", {}),
        ("channels", {}),
        (f"identity:{identity}", {}),
        ("identity.unlink", {}),
        ("identity.relink", {}),
    ):
        shown = sidebar.click(component_id, **inputs)
        assert injected(shown.canvas) == [], component_id
    assert shown.title == "✓ Linked again"
