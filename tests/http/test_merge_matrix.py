"""Naming the other contact, in the whole matrix of roles and states through HTTP: what is said, and what is offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from app.intercom.client import Intercom
from app.sandbox.workspace import Workspace
from app.storage.models import AuditRecord, Merge
from tests.http.conftest import MakeContact, OpenSidebar
from tests.http.merging import LEAD, OTHER_LEAD, OTHER_USER, STRANGER, USER, stored, writes


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
