"""P8 through HTTP: people, teammates and channels with hostile names walk through the whole sidebar."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.domain.identity import Match
from app.sandbox.workspace import Workspace
from tests.http.conftest import MakeContact, OpenSidebar
from tests.http.linking import link_channel
from tests.http.merging import BOTH_CONSENTS
from tests.sidebar.hostile import TEXTS, injected, links
from tests.sidebar_driver import ADMIN, Shown, Sidebar

Json = dict[str, Any]
PROFILES = "https://app.intercom.com/a/apps/"


@pytest.fixture(params=list(TEXTS.values()), ids=list(TEXTS))
def text(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def rename(workspace: Workspace) -> Any:
    """Puts a text wherever a contact can hold one, past what Intercom itself would refuse."""

    def rename(contact_id: str, text: str, **more: Any) -> str:
        with workspace.store.change():
            record = workspace.store.state["contacts"][contact_id]
            attributes = {**record["custom_attributes"], text: text, "plan": text, "kinbox_telegram_id": text}
            fields = {"name": text, "email": text, "phone": text, "custom_attributes": attributes, **more}
            workspace.directory.put(record, **fields)
        return contact_id

    return rename


class Walk:
    """A teammate with a hostile name; every canvas on the way is looked at."""

    def __init__(self, sidebar: Sidebar) -> None:
        self.sidebar = sidebar
        self.titles: list[str] = []
        assert sidebar.shown is not None
        self.look(sidebar.shown)

    def click(self, component_id: str, **inputs: Any) -> Shown:
        return self.look(self.sidebar.click(component_id, **inputs))

    def look(self, shown: Shown) -> Shown:
        assert injected(shown.canvas) == []
        assert all(address.startswith(PROFILES) for address in links(shown.canvas))
        self.titles.append(shown.title)
        return shown


@pytest.fixture
def walk(open_sidebar: OpenSidebar, text: str) -> Any:
    def walk(contact_id: str, conversation: Json | None = None) -> Walk:
        return Walk(open_sidebar(contact_id, admin={**ADMIN, "name": text}, conversation=conversation))

    return walk


def test_a_merge_of_people_with_hostile_names(
    text: str, rename: Any, walk: Any, make_contact: MakeContact, workspace: Workspace, kinbox: Flask
) -> None:
    lead, user = rename(make_contact("lead"), text), rename(make_contact("user", email="ann@shop.example"), text)
    for number in range(3):
        match = Match("phone", text, (user,))
        sender = f"+3531555012{number}"
        link_channel(
            kinbox, workspace.app_id, lead, sender_id=sender, account=f"{number}{text}", handle=text, match=match
        )
    conversation = workspace.add_customer_message(lead, "Hello", "sms")
    steps = walk(lead, conversation)
    steps.click("channels")
    steps.click("home")
    steps.click("merge")
    steps.click("reference", reference=text)
    steps.sidebar.force("reference", reference=user)
    steps.look(steps.sidebar.shown)
    steps.click("merge.continue")
    steps.click("merge.confirm", reason=text)
    steps.click("merge.confirm", **{**BOTH_CONSENTS, "reason": f"{text} {BOTH_CONSENTS['reason']}"})
    steps.click("home")
    assert steps.titles[-6:] == ["Who is this?", "Compare", "Merge for good?", "Merge for good?", "✓ Merged", "Merged"]
    survivor = walk(user)
    survivor.click("history" if "history" in survivor.sidebar.shown.ids else "channels")
    survivor.look(survivor.sidebar.force("history"))


def test_two_leads_with_hostile_names(text: str, rename: Any, walk: Any, make_contact: MakeContact) -> None:
    lead, twin = rename(make_contact("lead"), text), rename(make_contact("lead"), text)
    holder = make_contact("user", email="ann@shop.example")
    steps = walk(lead)
    steps.look(steps.sidebar.force("reference", reference=twin))
    steps.click("promote.other", identifier=text)
    steps.click("promote.other", identifier="ann@shop.example", consents=["promotion"])
    assert f"merge.pick:{holder}" in steps.sidebar.shown.ids
    assert set(steps.titles[1:]) == {"Two leads"}


def test_two_users_with_hostile_names(
    text: str, rename: Any, walk: Any, make_contact: MakeContact, workspace: Workspace, kinbox: Flask
) -> None:
    user, other = (rename(make_contact("user", email=f"ann{number}@shop.example"), text) for number in range(2))
    identity = link_channel(kinbox, workspace.app_id, user, account=text, handle=text)
    steps = walk(user)
    steps.look(steps.sidebar.force("reference", reference=other))
    steps.click(f"move:{identity}")
    steps.click("move.undo")
    assert steps.titles[1:] == ["Two users", "✓ Moved", "✓ Moved back"]


def test_what_is_typed_is_shown_as_text(text: str, walk: Any, make_contact: MakeContact) -> None:
    steps = walk(make_contact("lead"))
    steps.click("merge")
    shown = steps.click("reference", reference=text)
    assert shown.title == "Who is this?"


def test_the_note_in_the_conversation_holds_no_markup(
    rename: Any, open_sidebar: OpenSidebar, make_contact: MakeContact, workspace: Workspace
) -> None:
    text = TEXTS["HTML"]
    lead, user = rename(make_contact("lead"), text), rename(make_contact("user", email="ann@shop.example"), text)
    conversation = workspace.add_customer_message(lead, "Hello", "sms")
    sidebar = open_sidebar(lead, conversation=conversation)
    sidebar.force("reference", reference=user)
    sidebar.click("merge.continue")
    sidebar.click("merge.confirm", **BOTH_CONSENTS)
    parts = workspace.conversation(conversation["id"])["conversation_parts"]["conversation_parts"]
    [note] = [part["body"] for part in parts if part["part_type"] == "note"]
    assert "<script" not in note
    assert "&lt;script&gt;" in note
