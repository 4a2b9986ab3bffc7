"""Somebody is erased while they are being merged: nothing of them stays, and nothing is sent that need not be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.domain.workspace import Workspace as Served
from app.sandbox.workspace import Workspace
from app.storage.models import Identity, Merge
from app.usecases import merge_contacts
from app.usecases.desk import utc_now
from app.usecases.erase_person import Why, erase_contact
from tests.bridge.leftovers import leftovers
from tests.http.conftest import MakeContact, OpenSidebar
from tests.http.merging import BOTH_CONSENTS, CONSENT, LEAD, USER, confirmed, stored, writes
from tests.http.test_promotion_and_move import linked

PERSON = ("Ivy", "ivy@shop.example", "35315550123", "555 0123", "@ivy", "5201340987")
EraseBefore = Callable[[str, str, Why], None]


@pytest.fixture
def erase_before(kinbox: Flask, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> EraseBefore:
    """Erases a contact right before a step of the merge, once."""

    def erase_before(step: str, contact_id: str, why: Why) -> None:
        original, pending = getattr(merge_contacts, step), [contact_id]

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if pending:
                with kinbox.app_context():
                    gone = Served(id=workspace.app_id, region="us")
                    erase_contact(gone, pending.pop(), why=why, by=None, at=utc_now())
            return original(*args, **kwargs)

        monkeypatch.setattr(merge_contacts, step, wrapped)

    return erase_before


@pytest.mark.parametrize("why", ["deleted", "erased"])
def test_a_lead_whose_user_is_erased_before_the_merge_is_known_goes_too(
    why: Why,
    make_contact: MakeContact,
    workspace: Workspace,
    kinbox: Flask,
    open_sidebar: OpenSidebar,
    erase_before: EraseBefore,
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    linked(kinbox, workspace, lead)
    erase_before("finish_merge", user, why)
    assert confirmed(open_sidebar(lead), user, **CONSENT).title == "✓ Merged"
    assert leftovers(kinbox, PERSON) == []
    assert stored(kinbox, Identity) == []
    [merge] = stored(kinbox, Merge)
    assert (merge.state, merge.from_id, merge.into_id, merge.admin_name) == ("done", lead, user, "Rosa Teammate")


@pytest.mark.parametrize("whose", ["lead", "user"])
def test_a_merge_is_not_sent_for_somebody_erased_after_they_were_read(
    whose: str,
    make_contact: MakeContact,
    workspace: Workspace,
    kinbox: Flask,
    open_sidebar: OpenSidebar,
    erase_before: EraseBefore,
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    erase_before("redacted", lead if whose == "lead" else user, "erased")
    workspace.call_log.clear()
    shown = confirmed(open_sidebar(lead), user, **CONSENT)
    assert (shown.title, "was erased from Kinbox at the same moment" in shown.text) == ("Not merged", True)
    assert writes(workspace) == []
    assert leftovers(kinbox, PERSON) == []


def test_a_merge_into_somebody_erased_long_ago_keeps_what_is_new(
    make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    """A teammate joins a new lead with the contact that Intercom still has: their decision."""
    lead, user = make_contact(**LEAD), make_contact(**USER)
    linked(kinbox, workspace, lead)
    with kinbox.app_context():
        erase_contact(Served(id=workspace.app_id, region="us"), user, why="erased", by=None, at=utc_now())
    assert confirmed(open_sidebar(lead), user, **CONSENT).title == "✓ Merged"
    assert [one.contact_id for one in stored(kinbox, Identity)] == [user]


def test_no_record_is_kept_of_a_lead_who_was_erased_before_the_teammate_agreed(
    make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    """Intercom still has them, so a teammate may merge them: nothing of them is stored again."""
    lead, user = make_contact(**LEAD), make_contact(**USER)
    sidebar = open_sidebar(lead)
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=user)
    sidebar.click("merge.continue")
    with kinbox.app_context():
        erase_contact(Served(id=workspace.app_id, region="us"), lead, why="erased", by=None, at=utc_now())
    assert sidebar.click("merge.confirm", **BOTH_CONSENTS).title == "✓ Merged"
    [merge] = stored(kinbox, Merge)
    assert (merge.from_before, merge.into_before, merge.into_after, merge.reason) == (None, None, None, None)
    assert leftovers(kinbox, (*PERSON, "order number")) == []
