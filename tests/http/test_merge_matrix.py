"""The whole matrix of roles and states through HTTP: what is sent to Intercom, what is said, what is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.intercom.client import Intercom
from app.sandbox.workspace import Workspace
from app.storage.database import transaction
from app.storage.models import AuditRecord, ContactRedirect, Merge
from tests.http.conftest import MakeContact, OpenSidebar
from tests.sidebar_driver import Shown, Sidebar

IVY_PHONE = "+35315550123"


@dataclass(frozen=True)
class Pair:
    """Two contacts: the one in the panel and the one that the teammate names."""

    this: str
    other: str


Arrange = Callable[[MakeContact, Intercom], Pair]


def pair(this: dict[str, Any], other: dict[str, Any]) -> Arrange:
    def arrange(make: MakeContact, _: Intercom) -> Pair:
        return Pair(make(**this), make(**other))

    return arrange


LEAD = {"role": "lead", "name": "Ivy", "phone": IVY_PHONE}
OTHER_LEAD = {"role": "lead", "name": "Ivy again", "phone": IVY_PHONE}
USER = {"role": "user", "name": "Ivy Stone", "email": "ivy@shop.example", "phone": "+353 1 555 0123"}
OTHER_USER = {"role": "user", "name": "I. Stone", "email": "i.stone@shop.example", "phone": IVY_PHONE}
STRANGER = {"role": "user", "name": "Bo", "email": "bo@shop.example"}


def same_contact(make: MakeContact, _: Intercom) -> Pair:
    contact_id = make(**LEAD)
    return Pair(contact_id, contact_id)


def unknown_other(make: MakeContact, _: Intercom) -> Pair:
    return Pair(make(**LEAD), "f" * 24)


def archived_other(make: MakeContact, intercom: Intercom) -> Pair:
    made = Pair(make(**LEAD), make(**USER))
    intercom.archive(made.other)
    return made


def other_merged_away(make: MakeContact, intercom: Intercom) -> Pair:
    made = Pair(make(**USER), make(**LEAD))
    survivor = make(**OTHER_USER)
    intercom.merge(made.other, survivor)
    return made


def this_merged_away(make: MakeContact, intercom: Intercom) -> Pair:
    made = Pair(make(**LEAD), make(**USER))
    intercom.merge(made.this, make(**OTHER_USER))
    return made


def this_archived(make: MakeContact, intercom: Intercom) -> Pair:
    made = Pair(make(**LEAD), make(**USER))
    intercom.archive(made.this)
    return made


@dataclass(frozen=True)
class Row:
    name: str
    arrange: Arrange
    title: str
    says: tuple[str, ...]
    offers: tuple[str, ...] = ("home",)


ROWS = [
    Row("lead into user", pair(LEAD, USER), "Compare", ("This lead, **Ivy**, goes into",), ("merge.continue", "home")),
    Row(
        "user and lead",
        pair(USER, LEAD),
        "Compare",
        ("The lead **Ivy** goes into this user, **Ivy Stone**",),
        ("merge.continue", "home"),
    ),
    Row("nothing shared", pair(LEAD, STRANGER), "Compare", ("They share no email and no phone",), ("merge.continue",)),
    Row(
        "two leads",
        pair(LEAD, OTHER_LEAD),
        "Two leads",
        ("are both leads", "never becomes a lead again", "may start messages"),
        ("promote.this", "promote.other", "home"),
    ),
    Row("two users", pair(USER, OTHER_USER), "Two users", ("are both users", "cannot be merged"), ("merge", "home")),
    Row("the same contact", same_contact, "That is this contact", ("already open here",), ("merge", "home")),
    Row(
        "an unknown contact",
        unknown_other,
        "Contact not available",
        ("may be archived, blocked or deleted, or the id is wrong",),
        ("restore", "merge", "home"),
    ),
    Row("an archived one", archived_other, "Contact not available", ("If it is archived",), ("restore", "home")),
    Row(
        "one merged away", other_merged_away, "Contact merged away", ("merged into another one",), ("survivor", "home")
    ),
    Row("this one merged away", this_merged_away, "Contact merged away", ("was merged into another",), ("home",)),
    Row("this one archived", this_archived, "Contact not available", ("does not serve this contact",), ("home",)),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_naming_a_contact_explains_and_changes_nothing(
    row: Row,
    make_contact: MakeContact,
    intercom: Intercom,
    workspace: Workspace,
    kinbox: Flask,
    open_sidebar: OpenSidebar,
) -> None:
    contacts = row.arrange(make_contact, intercom)
    raw = workspace.raw_contact(contacts.this)
    assert raw is not None
    sidebar = open_sidebar(contacts.this, contact={"id": raw["id"], "role": raw["role"], "name": raw["name"]})
    sidebar.press("Merge with existing")
    workspace.call_log.clear()
    shown = sidebar.click("reference", reference=contacts.other)
    assert shown.title == row.title
    for sentence in row.says:
        assert sentence in shown.text
    assert set(row.offers) <= set(shown.ids)
    assert writes(workspace) == []
    assert stored(kinbox, Merge) == []


def writes(workspace: Workspace) -> list[tuple[str, str]]:
    """What changed something in Intercom; searches are reads."""
    calls = [(call["method"], call["path"]) for call in workspace.calls]
    return [(method, path) for method, path in calls if method != "GET" and not path.endswith("/search")]


def stored(kinbox: Flask, model: type[Any]) -> list[SimpleNamespace]:
    with kinbox.app_context(), transaction() as connection:
        return [SimpleNamespace(**row) for row in connection.execute(select(model.__table__)).mappings()]


def confirmed(sidebar: Sidebar, other: str, **inputs: Any) -> Shown:
    """From home to the answer of the last button, by typing the other contact's id."""
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=other)
    sidebar.click("merge.continue")
    return sidebar.click("merge.confirm", **inputs)


CONSENT = {"consents": ["irreversible"]}
BOTH_CONSENTS = {"consents": ["irreversible", "nothing_shared"], "reason": "She told me her order number"}


def test_a_lead_becomes_part_of_the_user_and_everything_is_kept(
    make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    sidebar = open_sidebar(lead)
    workspace.call_log.clear()
    shown = confirmed(sidebar, user, **CONSENT)
    assert shown.title == "✓ Merged"
    assert writes(workspace) == [("POST", "/contacts/merge")]
    assert merge_bodies(workspace) == [{"from": lead, "into": user}]
    [merge] = stored(kinbox, Merge)
    assert (merge.state, merge.from_id, merge.into_id) == ("done", lead, user)
    assert (merge.admin_name, merge.consents) == ("Rosa Teammate", ["irreversible"])
    assert (merge.from_before["phone"], merge.into_before["email"]) == (IVY_PHONE, "ivy@shop.example")
    assert merge.into_after["id"] == user
    assert merge.verified_at is not None
    assert [(one.from_id, one.into_id) for one in stored(kinbox, ContactRedirect)] == [(lead, user)]
    assert [one.action for one in stored(kinbox, AuditRecord)] == ["merged"]
    after = open_sidebar(user).open()
    assert "Lead **Ivy** was merged into this user by Rosa Teammate on" in after.text


def merge_bodies(workspace: Workspace) -> list[Any]:
    return [call["request"] for call in workspace.calls if call["path"] == "/contacts/merge"]


def test_a_merge_makes_four_calls_when_nothing_needs_mending(
    make_contact: MakeContact, workspace: Workspace, open_sidebar: OpenSidebar
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    sidebar = open_sidebar(lead)
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=user)
    sidebar.click("merge.continue")
    workspace.call_log.clear()
    sidebar.click("merge.confirm", **CONSENT)
    assert [(call["method"], call["path"]) for call in workspace.calls] == [
        ("GET", f"/contacts/{lead}"),
        ("GET", f"/contacts/{user}"),
        ("POST", "/contacts/merge"),
        ("GET", f"/contacts/{user}"),
    ]


def test_from_the_users_panel_the_lead_still_goes_into_the_user(
    make_contact: MakeContact, workspace: Workspace, open_sidebar: OpenSidebar
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    assert confirmed(open_sidebar(user), lead, **CONSENT).title == "✓ Merged"
    assert merge_bodies(workspace) == [{"from": lead, "into": user}]


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({}, "Please tick that you understand"),
        ({"consents": []}, "Please tick that you understand"),
        ({"consents": None}, "Please tick that you understand"),
        ({"consents": ["irreversible"]}, "write how you know"),
        ({"consents": ["irreversible", "nothing_shared"]}, "write how you know"),
        ({"consents": ["irreversible", "nothing_shared"], "reason": " no "}, "write how you know"),
    ],
)
def test_without_every_consent_nothing_is_sent(
    inputs: dict[str, Any],
    says: str,
    make_contact: MakeContact,
    workspace: Workspace,
    kinbox: Flask,
    open_sidebar: OpenSidebar,
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**STRANGER)
    workspace.call_log.clear()
    shown = confirmed(open_sidebar(lead), user, **inputs)
    assert shown.title == "Merge for good?"
    assert says in shown.text
    assert writes(workspace) == []
    assert stored(kinbox, Merge) == []
    assert shown.component("consents").get("value", []) == (inputs.get("consents") or [])


def test_contacts_that_share_nothing_are_merged_with_the_flag_and_the_reason_is_kept(
    make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**STRANGER)
    assert confirmed(open_sidebar(lead), user, **BOTH_CONSENTS).title == "✓ Merged"
    assert merge_bodies(workspace) == [{"from": lead, "into": user, "skip_duplicate_validation": True}]
    [merge] = stored(kinbox, Merge)
    assert (merge.reason, merge.consents) == (BOTH_CONSENTS["reason"], ["irreversible", "nothing_shared"])


def test_when_intercom_sees_nothing_shared_it_asks_for_the_second_consent(
    make_contact: MakeContact, workspace: Workspace, open_sidebar: OpenSidebar
) -> None:
    """Intercom may compare phones as text, where Kinbox compares numbers."""
    lead, user = make_contact(**LEAD), make_contact(**USER)
    sidebar = open_sidebar(lead)
    message = "Contacts can only be merged when they are duplicates (matching email or phone)."
    workspace.faults.add("status", status=400, code="invalid_merge", message=message, path="/contacts/merge", count=1)
    shown = confirmed(sidebar, user, **CONSENT)
    assert (shown.title, "write how you know" in shown.text) == ("Merge for good?", True)
    assert sidebar.click("merge.confirm", **BOTH_CONSENTS).title == "✓ Merged"


def test_an_archived_contact_can_be_brought_back_and_merged(
    make_contact: MakeContact, intercom: Intercom, workspace: Workspace, open_sidebar: OpenSidebar, kinbox: Flask
) -> None:
    contacts = archived_other(make_contact, intercom)
    sidebar = open_sidebar(contacts.this)
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=contacts.other)
    workspace.call_log.clear()
    assert sidebar.press("Unarchive it").title == "Compare"
    assert writes(workspace) == [("POST", f"/contacts/{contacts.other}/unarchive")]
    assert [one.action for one in stored(kinbox, AuditRecord)] == ["unarchived"]


@pytest.mark.parametrize(("verb", "title"), [("delete", "Contact deleted"), ("block", "Contact blocked")])
def test_a_deleted_and_a_blocked_contact_are_named_as_such(
    verb: str, title: str, make_contact: MakeContact, workspace: Workspace, open_sidebar: OpenSidebar
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    getattr(workspace.lifecycle, verb)(user)
    sidebar = open_sidebar(lead)
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=user)
    assert sidebar.press("Unarchive it").title == title


def test_the_survivor_of_a_merged_contact_can_be_used_instead(
    make_contact: MakeContact, intercom: Intercom, open_sidebar: OpenSidebar
) -> None:
    lead, gone, survivor = make_contact(**LEAD), make_contact(**OTHER_LEAD), make_contact(**USER)
    intercom.merge(gone, survivor)
    sidebar = open_sidebar(lead)
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=gone)
    shown = sidebar.press("Use that contact")
    assert (shown.title, "**Ivy Stone**" in shown.text) == ("Compare", True)


def test_a_teammate_who_may_not_merge_sees_why_and_can_force_nothing(
    make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    allowed = open_sidebar(lead)
    allowed.press("Merge with existing")
    allowed.click("reference", reference=user)
    allowed.click("merge.continue")
    kinbox.test_cli_runner().invoke(args=["workspaces", "set", workspace.app_id, "mergers=999"])
    workspace.call_log.clear()
    assert allowed.click("merge.confirm", **CONSENT).title == "You may not merge here"
    shown = open_sidebar(lead).open()
    assert "Only some teammates may merge" in shown.text
    assert "merge" not in shown.ids
    assert writes(workspace) == []
