"""What a newcomer does after `make run`, in a real browser: from a lead to a user, and back to a fresh look."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import expect

from app.sandbox import people
from tests.browser.conftest import Look, press, sidebar
from tests.browser.running import Running

pytestmark = pytest.mark.browser
SCREENSHOTS = Path(__file__).parent / "screenshots"


def test_a_newcomer_merges_a_lead_into_a_user(look: Look, running: Running) -> None:
    page = look(people.MAYA_CONVERSATION)
    app = sidebar(page)
    expect(app).to_contain_text("Nobody matched, so Kinbox made this lead.")
    press(page, "Merge with existing user/lead")
    expect(app).to_contain_text("same phone +35315550123")
    press(page, "Maya Reilly")
    expect(app).to_contain_text("Compare")
    expect(app).to_contain_text("Lost: the user's value wins")
    press(page, "Continue")
    expect(app).to_contain_text("This cannot be undone.")
    press(page, "Merge into")
    expect(app).to_contain_text("Nothing was merged. Please tick")
    app.get_by_role("checkbox").check()
    press(page, "Merge into")
    expect(app).to_contain_text("✓ Merged")
    press(page, "Done")
    expect(app).to_contain_text("merged")
    page.goto("about:blank")
    running.restart()
    page = look(people.MAYA_CONVERSATION)
    app = sidebar(page)
    expect(app).to_contain_text("was merged into this user by Rosa Teammate on")
    expect(app).to_contain_text("SMS · Shop line")


def test_a_telegram_lead_that_shares_nothing_needs_a_reason(look: Look) -> None:
    page = look(people.TELEGRAM_CONVERSATION)
    app = sidebar(page)
    press(page, "Merge with existing user/lead")
    app.get_by_role("textbox").fill(people.UNRELATED_USER)
    app.get_by_role("textbox").press("Enter")
    expect(app).to_contain_text("They share no email and no phone.")
    press(page, "Continue")
    expect(app).to_contain_text("Merge for good?")
    for label in ("I understand that this cannot be undone", "They share no email or phone"):
        app.get_by_role("checkbox", name=label).check()
    press(page, "Merge into")
    expect(app).to_contain_text("write how you know")
    app.get_by_role("textbox").fill("They told me their order number")
    press(page, "Merge into")
    expect(app).to_contain_text("✓ Merged")


def test_no_canvas_of_the_furnished_workspace_breaks_a_rule(running: Running) -> None:
    """Every conversation's first canvas, as the workbench judges it."""
    api = f"{running.url}/workbench/api"
    conversations = requests.get(f"{api}/conversations", timeout=10).json()["conversations"]
    assert len(conversations) >= 14
    for conversation in conversations:
        whole = requests.get(f"{api}/conversations/{conversation['id']}", timeout=10).json()["conversation"]
        for person in whole["participants"]:
            asked = {
                "kind": "initialize",
                "conversation_id": conversation["id"],
                "contact_id": person["id"],
                "admin_id": people.ROSA,
            }
            shown = requests.post(f"{api}/canvas", json=asked, timeout=10).json()
            assert (shown["problem"], shown["faults"], shown["first_canvas_faults"]) == (None, [], [])
            assert shown["calls"] == []


def test_the_picture_in_the_readme_is_what_the_sidebar_shows(look: Look) -> None:
    """`make screenshot` takes it anew. Its canvas is kept beside it, so that an old picture is found out."""
    page = look(people.MAYA_CONVERSATION)
    expect(sidebar(page)).to_contain_text("Merge with existing user/lead")
    shown = re.sub(r"\d+", "0", sidebar(page).inner_text())
    picture, text = SCREENSHOTS / "sidebar.png", SCREENSHOTS / "sidebar.json"
    if os.environ.get("KINBOX_SCREENSHOT") == "write":
        page.screenshot(path=picture)
        text.write_text(json.dumps(_lines(shown), indent=1, ensure_ascii=False) + "\n")
    assert picture.stat().st_size > 10_000
    assert json.loads(text.read_text()) == _lines(shown), "the picture is old: run `make screenshot`"


def _lines(text: str) -> list[Any]:
    """Without times, whose digits and month change from day to day."""
    months = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
    return [re.sub(rf"\b({months})\b|AM|PM", "-", line) for line in text.splitlines()]
