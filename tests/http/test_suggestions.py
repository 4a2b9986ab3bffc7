"""What the merge form suggests, and what one typed field understands."""

from __future__ import annotations

from typing import Any

import pytest

from app.sandbox.workspace import Workspace
from tests.http.conftest import MakeContact, OpenSidebar
from tests.http.merging import LEAD, OTHER_LEAD, OTHER_USER, USER
from tests.sidebar_driver import Shown


def opened(open_sidebar: OpenSidebar, contact_id: str) -> Shown:
    return open_sidebar(contact_id).press("Merge with existing")


def test_users_come_first_and_each_suggestion_says_why(make_contact: MakeContact, open_sidebar: OpenSidebar) -> None:
    lead = make_contact(**LEAD, email="ivy@shop.example")
    make_contact(**OTHER_LEAD)
    user = make_contact(**USER)
    shown = opened(open_sidebar, lead)
    items = next(one for one in shown.components if one["type"] == "list")["items"]
    assert [item["title"] for item in items] == ["Ivy Stone", "Ivy again"]
    assert items[0]["id"] == f"merge.pick:{user}"
    assert items[0]["tertiary_text"] == "same email ivy@shop.example, same phone +35315550123"


def test_a_channel_id_is_a_reason_too(
    make_contact: MakeContact, workspace: Workspace, open_sidebar: OpenSidebar
) -> None:
    workspace.attributes.create({"name": "kinbox_telegram_id", "model": "contact", "data_type": "string"})
    lead = make_contact("lead", name="ゆき", custom_attributes={"kinbox_telegram_id": "5201340987"})
    make_contact("user", name="Yuki", email="y@shop.example", custom_attributes={"kinbox_telegram_id": "5201340987"})
    assert "same Telegram id 5201340987" in opened(open_sidebar, lead).text


def test_one_search_is_enough(make_contact: MakeContact, workspace: Workspace, open_sidebar: OpenSidebar) -> None:
    sidebar = open_sidebar(make_contact(**LEAD, email="ivy@shop.example"))
    workspace.call_log.clear()
    sidebar.press("Merge with existing")
    assert [call["path"] for call in workspace.calls] == ["/contacts/search"]


def test_a_workspace_that_does_not_know_formatted_phone_is_asked_without_it(
    make_contact: MakeContact, workspace: Workspace, open_sidebar: OpenSidebar
) -> None:
    lead = make_contact(**LEAD)
    make_contact(**USER)
    workspace.faults.add("status", status=400, code="parameter_invalid", path="/contacts/search", count=1)
    assert "Ivy Stone" in opened(open_sidebar, lead).text


def test_nobody_to_suggest_says_so_and_asks_nobody(
    make_contact: MakeContact, workspace: Workspace, open_sidebar: OpenSidebar
) -> None:
    sidebar = open_sidebar(make_contact("lead", name="Nobody"))
    workspace.call_log.clear()
    assert "No contact shares" in sidebar.press("Merge with existing").text
    assert workspace.calls == []


@pytest.mark.parametrize(
    "typed",
    [
        "{id}",
        "ivy@shop.example",
        " <mailto:IVY@shop.example> ",
        "+353 1 555 0123",
        "crm-77",
        "https://app.intercom.com/a/apps/hp7k2m9x/users/{id}/all-conversations",
        "https://app.eu.intercom.com/a/apps/hp7k2m9x/users/show?user_id=crm-77",
        "https://app.intercom.com/a/apps/hp7k2m9x/users?email=ivy@shop.example",
    ],
)
def test_one_field_takes_whatever_names_the_other_contact(
    typed: str, make_contact: MakeContact, open_sidebar: OpenSidebar
) -> None:
    lead = make_contact("lead", name="Somebody")
    user = make_contact(**USER, external_id="crm-77")
    sidebar = open_sidebar(lead)
    sidebar.press("Merge with existing")
    shown = sidebar.click("reference", reference=typed.format(id=user))
    assert (shown.title, "**Ivy Stone**" in shown.text) == ("Compare", True), shown.text


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({}, "Nothing was typed"),
        ({"reference": None}, "Nothing was typed"),
        ({"reference": "   "}, "Nothing was typed"),
        ({"reference": "nobody@shop.example"}, "No contact of this workspace has this"),
        ({"reference": "https://app.intercom.com/a/apps/other99/users/" + "a" * 24}, "another Intercom workspace"),
        ({"reference": "x" * 600}, "longer than 500 characters"),
    ],
)
def test_what_names_nobody_is_explained_and_kept(
    inputs: dict[str, Any], says: str, make_contact: MakeContact, open_sidebar: OpenSidebar
) -> None:
    sidebar = open_sidebar(make_contact(**LEAD))
    sidebar.press("Merge with existing")
    shown = sidebar.click("reference", **inputs)
    assert says in shown.text
    assert shown.component("reference")["save_state"] == "failed"


def test_several_holders_are_offered_to_choose_from(make_contact: MakeContact, open_sidebar: OpenSidebar) -> None:
    lead = make_contact("lead", name="Somebody")
    make_contact(**USER)
    make_contact(**OTHER_USER)
    sidebar = open_sidebar(lead)
    sidebar.press("Merge with existing")
    shown = sidebar.click("reference", reference="+35315550123")
    assert (shown.title, "2 contacts have phone +35315550123" in shown.text) == ("Which one?", True)
    assert sidebar.press("I. Stone").title == "Compare"
