"""Two leads, two users, and what is mended and noted after a merge."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.identity import Match
from app.sandbox.unconfirmed import Unconfirmed
from app.sandbox.workspace import Workspace
from app.services import services
from app.storage import identities
from app.storage.database import transaction
from app.storage.identities import Sender
from app.storage.models import AuditRecord, Identity, Merge
from app.usecases.desk import utc_now
from tests.http.conftest import MakeContact, OpenSidebar
from tests.http.merging import BOTH_CONSENTS, CONSENT, LEAD, OTHER_LEAD, OTHER_USER, USER, confirmed, stored, writes
from tests.sidebar_driver import Shown, Sidebar

AGREED = {"consents": ["promotion"]}


def offered(sidebar: Sidebar, other: str) -> Shown:
    sidebar.press("Merge with existing")
    return sidebar.click("reference", reference=other)


def test_a_lead_is_made_a_user_with_its_own_email_and_the_merge_goes_on(
    make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    lead, other = make_contact(**LEAD), make_contact(**OTHER_LEAD, email="ivy@shop.example")
    sidebar = open_sidebar(lead)
    offered(sidebar, other)
    workspace.call_log.clear()
    assert sidebar.press("Make Ivy again the user", **AGREED).title == "Compare"
    assert writes(workspace) == [("PUT", f"/contacts/{other}")]
    assert workspace.contact(other)["role"] == "user"
    assert [one.action for one in stored(kinbox, AuditRecord)] == ["promoted"]
    sidebar.click("merge.continue")
    assert sidebar.click("merge.confirm", **CONSENT).title == "✓ Merged"


def test_the_direction_can_be_swapped(
    make_contact: MakeContact, workspace: Workspace, open_sidebar: OpenSidebar
) -> None:
    lead, other = make_contact(**LEAD), make_contact(**OTHER_LEAD)
    sidebar = open_sidebar(lead)
    offered(sidebar, other)
    shown = sidebar.click("promote.this", **AGREED, identifier="crm-12")
    assert "The lead **Ivy again** goes into this user, **Ivy**" in shown.text
    assert workspace.contact(lead)["external_id"] == "crm-12"


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({"identifier": "ivy@shop.example"}, "Please tick that you understand"),
        ({**AGREED}, "needs an email or an external id"),
        ({**AGREED, "identifier": "https://app.intercom.com/nobody"}, "needs an email or an external id"),
    ],
)
def test_a_promotion_needs_a_yes_and_an_identifier(
    inputs: dict[str, Any], says: str, make_contact: MakeContact, workspace: Workspace, open_sidebar: OpenSidebar
) -> None:
    lead, other = make_contact(**LEAD), make_contact(**OTHER_LEAD)
    sidebar = open_sidebar(lead)
    offered(sidebar, other)
    workspace.call_log.clear()
    shown = sidebar.click("promote.other", **inputs)
    assert (shown.title, says in shown.text, "Nothing was changed" in shown.text) == ("Two leads", True, True)
    assert writes(workspace) == []


def test_an_identifier_that_a_user_has_leads_to_that_user(make_contact: MakeContact, open_sidebar: OpenSidebar) -> None:
    lead, other = make_contact(**LEAD), make_contact(**OTHER_LEAD)
    make_contact(**USER, external_id="crm-77")
    sidebar = open_sidebar(lead)
    offered(sidebar, other)
    shown = sidebar.click("promote.other", **AGREED, identifier="crm-77")
    assert "A user with this identifier exists already" in shown.text
    assert "**Ivy Stone**" in sidebar.press("Merge into that user instead").text


def linked(kinbox: Flask, workspace: Workspace, contact_id: str, sender: str = "5201340987") -> int:
    """A Telegram identity of this contact."""
    with kinbox.app_context(), transaction(write=True) as connection:
        services().workspaces.ensure_row(connection, workspace.app_id, utc_now())
        account = services().channels.ensure(
            connection, workspace.app_id, slug="telegram", address="77", name="Shop bot", at=utc_now()
        )
        sent_by = Sender(account_id=account.id, sender_id=sender, handle="@ivy")
        return identities.link(
            connection, workspace.app_id, sent_by, contact_id, match=Match("new_lead").to_json(), at=utc_now()
        )


def owner(kinbox: Flask) -> list[Any]:
    with kinbox.app_context(), transaction() as connection:
        return list(connection.execute(select(Identity.contact_id)).scalars())


def test_between_two_users_a_channel_moves_and_moves_back(
    make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    user, other = make_contact(**USER), make_contact(**OTHER_USER)
    linked(kinbox, workspace, user)
    sidebar = open_sidebar(user)
    offered(sidebar, other)
    workspace.call_log.clear()
    shown = sidebar.press("Move Telegram · Shop bot")
    assert (shown.title, owner(kinbox)) == ("✓ Moved", [other])
    assert "Linked to this contact by Rosa Teammate." in open_sidebar(other).open().text
    assert sidebar.press("Move it back").title == "✓ Moved back"
    assert owner(kinbox) == [user]
    assert [one.action for one in stored(kinbox, AuditRecord)] == ["identity_moved", "identity_moved_back"]
    assert writes(workspace) == []
    assert stored(kinbox, Merge) == []


def test_a_channel_that_somebody_moved_first_stays_where_it_is(
    make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    user, other, third = make_contact(**USER), make_contact(**OTHER_USER), make_contact("user", external_id="t3")
    linked(kinbox, workspace, user)
    sidebar = open_sidebar(user)
    offered(sidebar, other)
    linked(kinbox, workspace, third)
    assert sidebar.press("Move Telegram").title == "Not moved"
    assert owner(kinbox) == [third]


def test_every_linked_channel_goes_with_the_lead(
    make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    linked(kinbox, workspace, lead, "1")
    linked(kinbox, workspace, lead, "2")
    confirmed(open_sidebar(lead), user, **CONSENT)
    assert owner(kinbox) == [user, user]
    assert "Came here with a merge by Rosa Teammate." in open_sidebar(user).press("All 2 channels").text


@pytest.mark.parametrize("kept", [True, False])
def test_what_intercom_drops_is_written_on_the_survivor(
    kept: bool, make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    workspace.attributes.create({"name": "kinbox_telegram_id", "model": "contact", "data_type": "string"})
    workspace.unconfirmed = Unconfirmed(merge_fills_phone=kept, merge_fills_cdas=kept)
    lead = make_contact("lead", name="Ivy", phone="+353 1 555 0123", custom_attributes={"kinbox_telegram_id": "77"})
    user = make_contact("user", name="Ivy Stone", email="ivy@shop.example")
    sidebar = open_sidebar(lead)
    shown = confirmed(sidebar, user, **BOTH_CONSENTS)
    assert ("Intercom had left out phone, kinbox_telegram_id" in shown.text) is not kept
    survivor = workspace.contact(user)
    assert survivor["custom_attributes"]["kinbox_telegram_id"] == "77"
    assert survivor["phone"] == ("+353 1 555 0123" if kept else "+35315550123")
    assert writes(workspace)[-1] == (("POST", "/contacts/merge") if kept else ("PUT", f"/contacts/{user}"))


def test_a_note_is_left_in_the_conversation_once_and_escaped(
    make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    lead = make_contact("lead", name="<b>Ivy</b>", phone=LEAD["phone"])
    user = make_contact(**USER)
    conversation = workspace.add_customer_message(lead, "Hello", "sms")
    sidebar = open_sidebar(lead, conversation=conversation)
    confirmed(sidebar, user, **CONSENT)
    sidebar.force("merge.check")
    parts = workspace.conversation(conversation["id"])["conversation_parts"]["conversation_parts"]
    [note] = [part["body"] for part in parts if part["part_type"] == "note"]
    assert "Rosa Teammate merged the lead" in note
    assert "<b>Ivy</b>" not in note.replace("<b>&lt;b&gt;Ivy&lt;/b&gt;</b>", "")


def test_no_note_is_left_where_the_team_does_not_want_one(
    make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    conversation = workspace.add_customer_message(lead, "Hello", "sms")
    kinbox.test_cli_runner().invoke(args=["workspaces", "set", workspace.app_id, "note_after_merge=no"])
    confirmed(open_sidebar(lead, conversation=conversation), user, **CONSENT)
    assert writes(workspace)[-1] == ("POST", "/contacts/merge")
