"""A merge whose answer is bad, late or lost: the truth is told, nothing is sent twice, a repeat ends well."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.intercom.client import Intercom
from app.sandbox.faults import Fault
from app.sandbox.workspace import Workspace
from app.storage.models import ContactRedirect, Merge
from tests.http.conftest import MakeContact, OpenSidebar
from tests.http.merging import CONSENT, LEAD, OTHER_USER, USER, confirmed, merge_bodies, stored
from tests.sidebar_driver import Sidebar

MERGE = "/contacts/merge"


@dataclass(frozen=True)
class Trouble:
    """A fault of the merge call, what the teammate is told at once, and whether Intercom carried it out."""

    name: str
    fault: dict[str, Any]
    title: str
    says: str
    done: bool = False


NOT_DONE = [
    Trouble("429", {"kind": "status", "status": 429}, "Not merged", "rate limit is reached"),
    Trouble("500", {"kind": "status", "status": 500}, "Not merged", "both contacts are still there"),
    Trouble("403", {"kind": "status", "status": 403, "code": "forbidden"}, "Not merged", "lacks the permission"),
    Trouble("422", {"kind": "status", "status": 422}, "Not merged", "Intercom refused the merge"),
    Trouble("502", {"kind": "status", "status": 502}, "Not confirmed yet", "does not send it again"),
    Trouble("lost before", {"kind": "lost"}, "Not confirmed yet", "has not said whether it happened"),
    Trouble("garbage before", {"kind": "garbage"}, "Not confirmed yet", "has not said whether it happened"),
    Trouble("timeout before", {"kind": "delay", "delay_s": 5.0}, "Not confirmed yet", "has not said"),
]
DONE = [
    Trouble("500 after", {"kind": "status", "status": 500, "when": "after"}, "✓ Merged", "is part of", done=True),
    Trouble("lost after", {"kind": "lost", "when": "after"}, "✓ Merged", "is part of", done=True),
    Trouble("garbage after", {"kind": "garbage", "when": "after"}, "✓ Merged", "is part of", done=True),
    Trouble("timeout after", {"kind": "delay", "delay_s": 5.0, "when": "after"}, "Not confirmed yet", "not said", True),
]


@pytest.fixture
def pair(make_contact: MakeContact, open_sidebar: OpenSidebar) -> tuple[Sidebar, str, str]:
    lead, user = make_contact(**LEAD), make_contact(**USER)
    return open_sidebar(lead), lead, user


@pytest.mark.parametrize("trouble", [*NOT_DONE, *DONE], ids=lambda trouble: trouble.name)
def test_the_truth_is_told_and_a_repeat_ends_well(
    trouble: Trouble,
    pair: tuple[Sidebar, str, str],
    workspace: Workspace,
    kinbox: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sidebar, lead, user = pair
    workspace.faults.add(path=MERGE, count=1, **trouble.fault)
    began = time.monotonic()
    shown = confirmed(sidebar, user, **CONSENT)
    assert time.monotonic() - began < 4.9
    assert (shown.title, trouble.says in shown.text) == (trouble.title, True), shown.text
    if trouble.title == "Not confirmed yet" and not trouble.done:
        assert sidebar.press("Check again").title == "Not confirmed yet"
        monkeypatch.setattr("app.domain.merge_record.SETTLES_WITHIN", timedelta(0))
        assert sidebar.press("Check again").title == "Not merged"
    if trouble.done:
        wait_for(lambda: (workspace.raw_contact(lead) or {})["_merged_into"])
    sidebar.open()
    shown = sidebar.force("merge.check") if trouble.done else confirmed(sidebar, user, **CONSENT)
    assert shown.title in {"✓ Merged", "✓ Already merged"}
    record = workspace.raw_contact(lead)
    assert record is not None
    assert record["_merged_into"] == user
    sent = 1 if trouble.done else 2
    wait_for(lambda: len(merge_bodies(workspace)) >= sent)
    assert len(merge_bodies(workspace)) == sent
    assert [merge.state for merge in stored(kinbox, Merge)] == ([*["failed"] * (not trouble.done), "done"])
    assert [one.into_id for one in stored(kinbox, ContactRedirect)] == [user]


def wait_for(condition: Callable[[], Any], *, limit_s: float = 30) -> None:
    """A delayed call takes effect, and is noted by the sandbox, after Kinbox stopped waiting for it."""
    until = time.monotonic() + limit_s
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)


def test_a_wait_is_told_with_its_end(pair: tuple[Sidebar, str, str], workspace: Workspace) -> None:
    sidebar, _, user = pair
    workspace.faults.add("status", status=429, reset_s=600, path=MERGE, count=1)
    assert "Try again after" in confirmed(sidebar, user, **CONSENT).text


@pytest.mark.parametrize("status", [429, 500, 503])
def test_trouble_while_reading_sends_no_merge(
    status: int, pair: tuple[Sidebar, str, str], workspace: Workspace, kinbox: Flask
) -> None:
    sidebar, _, user = pair
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=user)
    sidebar.click("merge.continue")
    workspace.faults.add("status", status=status, reset_s=600, path="/contacts/*", method="GET")
    shown = sidebar.click("merge.confirm", **CONSENT)
    assert (shown.title, "Nothing was changed" in shown.text) == ("Intercom is not available", True)
    assert merge_bodies(workspace) == []
    workspace.faults.clear()
    assert confirmed(open_again(sidebar), user, **CONSENT).title == "✓ Merged"


def open_again(sidebar: Sidebar) -> Sidebar:
    sidebar.open()
    return sidebar


def test_a_slow_intercom_gets_no_merge_that_nobody_would_hear_the_answer_of(
    pair: tuple[Sidebar, str, str], workspace: Workspace
) -> None:
    sidebar, lead, user = pair
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=user)
    sidebar.click("merge.continue")
    workspace.faults.add("delay", delay_s=1.4, method="GET")
    began = time.monotonic()
    shown = sidebar.click("merge.confirm", **CONSENT)
    assert time.monotonic() - began < 4.9
    assert (shown.title, "too slow" in shown.text) == ("Intercom is not available", True)
    assert merge_bodies(workspace) == []
    assert workspace.raw_contact(lead) is not None


def test_a_slow_verification_does_not_hide_that_the_merge_is_done(
    pair: tuple[Sidebar, str, str], workspace: Workspace, kinbox: Flask
) -> None:
    sidebar, _, user = pair
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=user)
    sidebar.click("merge.continue")
    # Only the read after the merge fails: the two before it are let through.
    passed: list[str] = []
    take = workspace.faults.take

    def fail_third(method: str, path: str) -> Any:
        passed.append(path)
        return [*take(method, path), *([broken] if len(passed) > 3 else [])]

    broken = Fault(kind="status", status=500)
    workspace.faults.take = fail_third  # type: ignore[method-assign]  # a fault that depends on what came before
    shown = sidebar.click("merge.confirm", **CONSENT)
    assert (shown.title, "could not be asked again yet" in shown.text) == ("✓ Merged", True)
    workspace.faults.take = take  # type: ignore[method-assign]
    shown = sidebar.press("Check again")
    assert (shown.title, "could not be asked" in shown.text) == ("✓ Already merged", False)
    [merge] = stored(kinbox, Merge)
    assert merge.verified_at is not None


def test_a_lead_that_went_elsewhere_meanwhile_is_followed(
    pair: tuple[Sidebar, str, str],
    make_contact: MakeContact,
    intercom: Intercom,
    workspace: Workspace,
    kinbox: Flask,
) -> None:
    sidebar, lead, user = pair
    elsewhere = make_contact(**OTHER_USER)
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=user)
    sidebar.click("merge.continue")
    intercom.merge(lead, elsewhere)
    before = len(merge_bodies(workspace))
    shown = sidebar.click("merge.confirm", **CONSENT)
    assert shown.title == "Contact merged away"
    assert len(merge_bodies(workspace)) == before
    assert [merge.failure for merge in stored(kinbox, Merge)] == ["gone_merged"]
