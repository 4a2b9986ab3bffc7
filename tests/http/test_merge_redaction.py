"""A team that does not want some fields kept: the merge is the same, its record is not, and nothing is pretended."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from app.domain.redaction import NOT_KEPT
from app.sandbox.unconfirmed import Unconfirmed
from app.sandbox.workspace import Workspace
from app.storage.models import Merge
from tests.http.conftest import MakeContact, OpenSidebar
from tests.http.merging import BOTH_CONSENTS, confirmed, stored

LEFT_OUT = "name,email,phone,custom_attributes.kinbox_telegram_id"
PHONE = "+353 1 555 0123"


@pytest.fixture
def pair(kinbox: Flask, workspace: Workspace, make_contact: MakeContact) -> tuple[str, str]:
    """A lead with a phone and a channel id, and a user without, in a workspace that keeps neither."""
    changed = kinbox.test_cli_runner().invoke(args=["workspaces", "set", workspace.app_id, f"redact_fields={LEFT_OUT}"])
    assert changed.exit_code == 0, changed.output
    workspace.attributes.create({"name": "kinbox_telegram_id", "model": "contact", "data_type": "string"})
    workspace.unconfirmed = Unconfirmed(merge_fills_phone=False, merge_fills_cdas=False)
    lead = make_contact("lead", name="Ivy", phone=PHONE, custom_attributes={"kinbox_telegram_id": "5201340987"})
    return lead, make_contact("user", name="Ivy Stone", email="ivy@shop.example", external_id="k-1")


def kept_of(kinbox: Flask) -> Any:
    [merge] = stored(kinbox, Merge)
    return merge


def test_the_merge_is_mended_from_memory_and_nothing_left_out_is_stored(
    pair: tuple[str, str], workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    lead, user = pair
    shown = confirmed(open_sidebar(lead), user, **BOTH_CONSENTS)
    assert "Intercom had left out phone, kinbox_telegram_id" in shown.text
    assert "**Ivy** is part of **Ivy Stone** now" in shown.text
    survivor = workspace.contact(user)
    assert (survivor["phone"], survivor["custom_attributes"]["kinbox_telegram_id"]) == ("+35315550123", "5201340987")
    merge = kept_of(kinbox)
    written = json.dumps([merge.from_before, merge.into_before, merge.into_after])
    assert not [one for one in ("Ivy", "ivy@shop", "555 0123", "35315550123", "5201340987") if one in written]
    assert merge.from_before["phone"] == merge.into_before["email"] == merge.into_after["name"] == NOT_KEPT
    assert merge.into_before["external_id"] == "k-1"
    assert merge.into_before["phone"] is None


def test_after_a_lost_answer_it_says_what_nobody_knows(
    pair: tuple[str, str], workspace: Workspace, kinbox: Flask, open_sidebar: OpenSidebar
) -> None:
    lead, user = pair
    workspace.faults.add("lost", when="after", path="/contacts/merge", count=1)
    shown = confirmed(open_sidebar(lead), user, **BOTH_CONSENTS)
    assert shown.title == "✓ Merged"
    assert "The lead had kinbox_telegram_id, phone, which this workspace has chosen not to keep" in shown.text
    survivor = workspace.contact(user)
    assert survivor["phone"] is None
    assert NOT_KEPT not in json.dumps(survivor)
    assert kept_of(kinbox).verified_at is not None


def test_history_calls_nobody_by_the_marker(
    pair: tuple[str, str], workspace: Workspace, open_sidebar: OpenSidebar
) -> None:
    lead, user = pair
    confirmed(open_sidebar(lead), user, **BOTH_CONSENTS)
    text = open_sidebar(user).open().text
    assert NOT_KEPT not in text
    assert lead in text


def test_the_user_keeps_its_own_phone_and_nothing_is_missed(
    pair: tuple[str, str], workspace: Workspace, make_contact: MakeContact, open_sidebar: OpenSidebar
) -> None:
    user = make_contact("user", external_id="k-2", phone=PHONE, custom_attributes={"kinbox_telegram_id": "1"})
    workspace.faults.add("lost", when="after", path="/contacts/merge", count=1)
    shown = confirmed(open_sidebar(pair[0]), user, consents=["irreversible"])
    assert shown.title == "✓ Merged"
    assert "chosen not to keep" not in shown.text
