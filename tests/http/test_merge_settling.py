"""Merges that nobody saw the end of: found out by looking, whoever looks, and never for ever open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.domain.merge_record import MergeOrder
from app.domain.merging import Consent
from app.domain.teammate import Teammate
from app.intercom.client import Intercom
from app.sandbox.workspace import Workspace
from app.storage import merges
from app.storage.database import transaction
from app.storage.models import AuditRecord, ContactRedirect, Merge
from app.usecases.desk import utc_now
from tests.http.conftest import MakeContact, OpenSidebar
from tests.http.merging import CONSENT, LEAD, OTHER_LEAD, OTHER_USER, USER, confirmed, stored
from tests.http.test_promotion_and_move import linked, owner

LONG_AGO = timedelta(minutes=10)


def left_behind(kinbox: Flask, workspace: Workspace, lead: str, user: str, *, sent: bool) -> str:
    """A merge whose process died, before or after it sent the call."""
    order = MergeOrder(
        workspace_id=workspace.app_id,
        lead_id=lead,
        user_id=user,
        teammate=Teammate("4410021", "Rosa Teammate"),
        conversation_id=None,
        consents=frozenset({Consent.IRREVERSIBLE}),
    )
    at = utc_now() - LONG_AGO
    with kinbox.app_context(), transaction(write=True) as connection:
        claimed = merges.claim(connection, order, at)
        assert claimed is not None
        if sent:
            records: dict[str, Any] = {"lead_before": workspace.contact(lead), "user_before": workspace.contact(user)}
            assert merges.mark_sent(connection, claimed.id, **records, at=at)
    return claimed.id


def test_the_open_merge_is_checked_and_not_the_newest(
    make_contact: MakeContact, workspace: Workspace, intercom: Intercom, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    lead, second, user = make_contact(**LEAD), make_contact(**OTHER_LEAD), make_contact(**USER)
    linked(kinbox, workspace, lead)
    left_behind(kinbox, workspace, lead, user, sent=True)
    intercom.merge(lead, user)
    intercom.merge(second, user)
    sidebar = open_sidebar(user)
    assert sidebar.open().title == "Merge not confirmed yet"
    shown = sidebar.press("Check again")
    assert (shown.title, "**Ivy**" in shown.text) == ("✓ Merged", True)
    assert owner(kinbox) == [user]
    assert "was merged into this user by Rosa Teammate on" in sidebar.open().text


def test_a_claim_that_never_sent_anything_is_given_up(
    make_contact: MakeContact, workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    left_behind(kinbox, workspace, lead, user, sent=False)
    sidebar = open_sidebar(user)
    shown = sidebar.force("merge.check")
    assert (shown.title, "never sent" in shown.text) == ("Not merged", True)
    assert [(merge.state, merge.failure) for merge in stored(kinbox, Merge)] == [("failed", "abandoned")]
    assert confirmed(open_sidebar(lead), user, **CONSENT).title == "✓ Merged"


def test_a_lead_that_went_elsewhere_takes_its_channels_along(
    make_contact: MakeContact, workspace: Workspace, intercom: Intercom, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    lead, user, elsewhere = make_contact(**LEAD), make_contact(**USER), make_contact(**OTHER_USER)
    linked(kinbox, workspace, lead)
    left_behind(kinbox, workspace, lead, user, sent=True)
    sidebar = open_sidebar(lead)
    intercom.merge(lead, elsewhere)
    assert sidebar.press("Check again").title == "Contact merged away"
    assert owner(kinbox) == [elsewhere]
    assert [one.action for one in stored(kinbox, AuditRecord)] == ["merge_followed"]
    assert [one.into_id for one in stored(kinbox, ContactRedirect)] == [elsewhere]


def test_when_both_are_gone_the_doubt_has_an_end(
    make_contact: MakeContact, workspace: Workspace, intercom: Intercom, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    left_behind(kinbox, workspace, lead, user, sent=True)
    sidebar = open_sidebar(lead)
    intercom.archive(lead)
    intercom.archive(user)
    assert sidebar.press("Check again").title == "Contact not available"
    assert [merge.state for merge in stored(kinbox, Merge)] == ["failed"]


def test_intercoms_yes_wins_over_a_failure_that_was_assumed(
    make_contact: MakeContact, workspace: Workspace, kinbox: Flask
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    merge_id = left_behind(kinbox, workspace, lead, user, sent=True)
    with kinbox.app_context(), transaction(write=True) as connection:
        merges.mark_failed(connection, merge_id, failure="not_merged", request_id=None, at=utc_now())
        assert merges.mark_done(connection, merge_id, at=utc_now())
        assert not merges.mark_done(connection, merge_id, at=utc_now())


@pytest.mark.parametrize("sent", [True, False])
def test_a_merged_lead_cannot_be_claimed_again(
    sent: bool, make_contact: MakeContact, workspace: Workspace, kinbox: Flask
) -> None:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    merge_id = left_behind(kinbox, workspace, lead, user, sent=True)
    with kinbox.app_context(), transaction(write=True) as connection:
        merges.mark_done(connection, merge_id, at=utc_now())
    with pytest.raises(AssertionError):
        left_behind(kinbox, workspace, lead, user, sent=sent)
