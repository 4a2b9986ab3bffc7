"""What a teammate does in Intercom itself, over the page's API."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.sandbox.problems import ApiError
from tests.workbench.small_workspace import Shop


def do(page: FlaskClient, about: str, act: str, **more: Any) -> Any:
    return page.post(f"/workbench/api{about}/acts", json={"act": act, **more})


def state_of(page: FlaskClient, contact_id: str) -> str:
    return str(page.get(f"/workbench/api/contacts/{contact_id}").get_json()["contact"]["state"])


@pytest.mark.parametrize(("act", "state"), [("archive", "archived"), ("delete", "deleted"), ("block", "blocked")])
def test_a_contact_goes_and_the_page_knows_how(page: FlaskClient, shop: Shop, act: str, state: str) -> None:
    assert state_of(page, shop.lead_id) == "active"
    assert do(page, f"/contacts/{shop.lead_id}", act).status_code == 200
    assert state_of(page, shop.lead_id) == state
    with pytest.raises(ApiError):
        shop.workspace.contact(shop.lead_id)


def test_an_archived_contact_comes_back(page: FlaskClient, shop: Shop) -> None:
    do(page, f"/contacts/{shop.lead_id}", "archive")
    assert do(page, f"/contacts/{shop.lead_id}", "unarchive").get_json() == {
        "done": "Back from the archive, under the same id."
    }
    assert shop.workspace.contact(shop.lead_id)["name"] == "Ivy"


def test_a_lead_is_merged_although_they_share_nothing(page: FlaskClient, shop: Shop) -> None:
    answer = do(page, f"/contacts/{shop.lead_id}", "merge", into=shop.user_id)
    assert answer.get_json() == {"done": "Merged into Ivy Stone."}
    assert state_of(page, shop.lead_id) == "merged"


def test_what_intercom_refuses_is_told_in_its_words(page: FlaskClient, shop: Shop) -> None:
    answer = do(page, f"/contacts/{shop.user_id}", "merge", into=shop.lead_id)
    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith(
        "Intercom refuses: Merging can only be performed on a lead into a user"
    )


def test_only_the_fields_that_were_changed_are_written(page: FlaskClient, shop: Shop) -> None:
    do(page, f"/contacts/{shop.lead_id}", "edit", phone="+353 87 123 4567")
    contact = shop.workspace.contact(shop.lead_id)
    assert (contact["name"], contact["phone"]) == ("Ivy", "+353 87 123 4567")
    do(page, f"/contacts/{shop.lead_id}", "edit", name="")
    assert shop.workspace.contact(shop.lead_id)["name"] is None


@pytest.mark.parametrize(("act", "state"), [("close", "closed"), ("snooze", "snoozed"), ("open", "open")])
def test_a_conversation_is_closed_opened_and_snoozed(page: FlaskClient, shop: Shop, act: str, state: str) -> None:
    answer = do(page, f"/conversations/{shop.conversation_id}", act, admin_id="11")
    assert answer.get_json() == {"done": f"The conversation is {state}."}
    assert shop.workspace.conversation(shop.conversation_id)["state"] == state


def test_a_conversation_is_deleted(page: FlaskClient, shop: Shop) -> None:
    assert do(page, f"/conversations/{shop.conversation_id}", "delete").status_code == 200
    assert page.get(f"/workbench/api/conversations/{shop.conversation_id}").status_code == 404


@pytest.mark.parametrize("about", ["/contacts/x", "/conversations/1"])
def test_there_are_no_other_buttons(page: FlaskClient, about: str) -> None:
    assert do(page, about, "explode").status_code == 400
