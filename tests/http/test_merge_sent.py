"""A merge through HTTP: what is asked of the teammate, sent to Intercom once, said and stored."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.sandbox.workspace import Workspace
from app.storage.models import AuditRecord, ContactRedirect, Merge
from tests.http.conftest import MakeContact, OpenSidebar
from tests.http.merging import (
    BOTH_CONSENTS,
    CONSENT,
    IVY_PHONE,
    LEAD,
    STRANGER,
    USER,
    confirmed,
    merge_bodies,
    stored,
    writes,
)


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
