"""The Inbox around the canvas: conversations, participants, the drawer, the keyboard, and narrow screens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.canvases import SUBMIT, answer
from tests.browser.conftest import Bench
from tests.workbench.stub_kinbox import Recorded, Reply

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def rows(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Conversations").get_by_role("option")


def test_an_address_leads_straight_to_a_conversation(visit: Visit) -> None:
    page = visit()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("Hello <b>there</b> & good day, café?")
    expect(page.get_by_role("complementary", name="Contact details")).to_contain_text("+353 1 555 0123")
    expect(page.get_by_role("listbox", name="Conversations").get_by_role("option", selected=True)).to_contain_text(
        "Ivy"
    )


def test_without_an_address_the_page_says_what_to_do(visit: Visit, bench: Bench) -> None:
    page = visit("/")
    expect(page.get_by_text("Pick a conversation")).to_be_visible()
    expect(page.get_by_text("Sandbox.", exact=True)).to_be_visible()
    expect(rows(page)).to_have_count(2)
    assert bench.kinbox.calls == []


def test_an_unknown_conversation_is_said_to_be_unknown(visit: Visit, bench: Bench) -> None:
    page = visit("/?conversation=404")
    expect(page.get_by_text("There is no conversation 404 in this sandbox.")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    bench.complaints[:] = [line for line in bench.complaints if "404 (NOT FOUND)" not in line]


def test_the_whole_way_works_by_keyboard(visit: Visit, bench: Bench) -> None:
    page = visit("/")
    rows(page).first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    expect(rows(page).nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    second = page.get_by_role("button", name="Second")
    expect(second).to_be_visible()
    for _press in range(40):
        page.keyboard.press("Tab")
        if second.evaluate("node => node === document.activeElement"):
            break
    expect(second).to_be_focused()
    with page.expect_response("**/workbench/api/canvas"):
        page.keyboard.press("Enter")
    expect(page.locator(".k-canvas[aria-busy=true]")).to_have_count(0)
    expect(second).to_be_focused()
    assert len(bench.clicks()) == 1


def test_escape_closes_the_drawer_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit()
    inspect = page.get_by_role("button", name="Inspect")
    inspect.press("Enter")
    expect(page.get_by_role("tab", name="Requests")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tabpanel", name="Intercom calls")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(inspect).to_be_focused()


def test_the_search_narrows_the_list_and_says_when_nothing_is_left(visit: Visit) -> None:
    page = visit("/")
    search = page.get_by_label("Search conversations")
    search.fill("wobbles")
    expect(rows(page)).to_have_count(1)
    search.fill("nothing like this")
    expect(page.get_by_text("No conversation found")).to_be_visible()


def test_a_failing_kinbox_shows_intercoms_card_and_the_drawer_says_why(visit: Visit, bench: Bench) -> None:
    bench.kinbox.answer(Reply(b"oops", status=500))
    page = visit()
    expect(page.get_by_text("Something went wrong")).to_be_visible()
    page.get_by_role("button", name="See why").click()
    panel = page.get_by_role("tabpanel", name="Requests")
    expect(panel).to_contain_text("Kinbox answered 500. Intercom shows a canvas only with 200.")
    expect(panel).to_contain_text("X-Body-Signature:")
    expect(panel).to_contain_text('"workspace_id"')
    bench.answer(answer({"type": "text", "text": "Back again"}))
    page.get_by_role("button", name="Ask again").click()
    expect(page.get_by_text("Back again")).to_be_visible()


def test_broken_rules_are_counted_and_listed(visit: Visit, bench: Bench) -> None:
    bench.answer(answer({"type": "button", "id": "go", "label": "Go", "action": SUBMIT}))
    page = visit()
    expect(page.locator("#fault-count")).to_have_text("1")
    page.get_by_role("button", name="Inspect").click()
    page.locator("#exchanges summary").first.click()
    expect(page.get_by_role("list", name="Broken Canvas Kit rules")).to_contain_text("primary")


def test_after_a_merge_the_details_show_the_survivor_and_the_canvas_stays(visit: Visit, bench: Bench) -> None:
    page = visit()

    def merge(_call: Recorded) -> Reply:
        bench.shop.merge_lead_into_user()
        bench.answer(answer({"type": "text", "text": "Merged."}))
        return bench.kinbox.reply(_call)

    expect(page.get_by_role("button", name="Second")).to_be_visible()
    bench.kinbox.reply = merge
    page.get_by_role("button", name="Second").click()
    expect(page.get_by_text("Merged.")).to_be_visible()
    expect(page.get_by_role("heading", name="Ivy Stone").first).to_be_visible()
    page.get_by_role("button", name="Ask Kinbox again").click()
    expect(page.locator("#exchanges > details")).to_have_count(3)
    assert bench.kinbox.calls[-1].json["contact"]["id"] == bench.shop.user_id


def test_a_group_is_asked_about_five_at_once_and_about_the_others_when_chosen(visit: Visit, bench: Bench) -> None:
    workspace = bench.shop.workspace
    with workspace.store.change():
        made = [workspace.directory.create({"role": "lead", "name": f"Guest {number}"}) for number in range(5)]
        workspace.inbox.find(bench.shop.conversation_id)["_contacts"] += [contact["id"] for contact in made]
    page = visit()
    expect(page.locator("#exchanges > details")).to_have_count(5)
    everyone = [bench.shop.lead_id, *(contact["id"] for contact in made)]
    assert sorted(call.json["contact"]["id"] for call in bench.kinbox.calls) == sorted(everyone[:5])
    page.get_by_role("group", name="Participants").get_by_role("button", name="Guest 4").click()
    expect(page.locator("#exchanges > details")).to_have_count(6)
    assert bench.kinbox.calls[-1].json["contact"]["id"] == everyone[5]


def test_the_other_teammate_is_the_one_who_looks_once_chosen(visit: Visit, bench: Bench) -> None:
    page = visit()
    expect(page.get_by_role("button", name="Second")).to_be_visible()
    with page.expect_response("**/workbench/api/canvas"):
        page.get_by_label("Teammate").select_option(label="Sean Daly")
    assert [call.json["admin"]["name"] for call in bench.kinbox.calls] == ["Rosa Byrne", "Sean Daly"]


def test_a_fault_switch_reaches_the_sandbox(visit: Visit, bench: Bench) -> None:
    page = visit()
    page.get_by_role("button", name="Inspect").click()
    page.get_by_role("tab", name="Faults").click()
    with page.expect_response("**/workbench/api/faults"):
        page.get_by_role("checkbox", name="Lost answer").check()
    with page.expect_response("**/workbench/api/faults"):
        page.get_by_label("Lost answer: which calls").select_option(label="the next merge")
    [fault] = bench.shop.workspace.faults.to_dict()["faults"]
    assert (fault["kind"], fault["when"], fault["path"]) == ("lost", "after", "/contacts/merge")


def test_at_320_pixels_columns_are_views_and_nothing_scrolls_sideways(visit: Visit) -> None:
    page = visit("/", width=320, height=640)

    def fits() -> bool:
        return bool(page.evaluate("document.documentElement.scrollWidth <= 320"))

    expect(rows(page)).to_have_count(2)
    assert fits()
    rows(page).last.click()
    expect(page.get_by_role("region", name="Messages")).to_be_visible()
    assert fits()
    page.get_by_role("button", name="Details ›").click()
    expect(page.get_by_role("button", name="Primary by default")).to_be_visible()
    assert fits()
    canvas = page.locator(".k-canvas")
    assert canvas.evaluate("node => node.scrollWidth <= node.clientWidth")
    page.get_by_role("button", name="Inspect").click()
    expect(page.get_by_role("tabpanel", name="Requests")).to_be_visible()
    assert fits()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="‹ Conversation").click()
    page.get_by_role("button", name="‹ Inbox").click()
    expect(rows(page).first).to_be_visible()
