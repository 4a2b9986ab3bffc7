"""Each Canvas Kit component is drawn, and sends what Intercom would send."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.canvases import ELSEWHERE, HOSTILE, SUBMIT, answer, options
from tests.browser.conftest import Bench
from tests.workbench.stub_kinbox import Recorded, Reply

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def card(page: Page) -> Locator:
    shown = page.get_by_role("region", name="Kinbox")
    expect(shown.locator(".k-canvas")).to_be_visible()
    return shown


def test_texts_have_their_styles_bold_and_links_and_nothing_else(visit: Visit) -> None:
    shown = card(visit())
    expect(shown.get_by_role("heading", name="A header")).to_be_visible()
    paragraph = shown.locator(".k-paragraph")
    expect(paragraph).to_have_text("Some bold words and a link and *stars*")
    expect(paragraph.locator("strong")).to_have_text("bold words")
    link = paragraph.get_by_role("link", name="a link")
    assert link.get_attribute("href") == "https://elsewhere.example/a"
    assert (link.get_attribute("target"), "noopener" in (link.get_attribute("rel") or "")) == ("_blank", True)
    expect(shown.locator(".k-muted")).to_have_css("text-align", "center")
    expect(shown.locator(".k-error")).to_have_css("text-align", "right")


def test_a_block_has_ten_pixels_below_it_unless_it_wants_none(visit: Visit) -> None:
    shown = card(visit())
    expect(shown.locator(".k-block", has_text="A header")).to_have_css("margin-bottom", "10px")
    expect(shown.locator(".k-block", has=shown.page.locator(".k-muted"))).to_have_css("margin-bottom", "0px")


def test_the_card_is_about_as_wide_as_intercoms(visit: Visit) -> None:
    box = card(visit()).locator(".k-canvas").bounding_box()
    assert box is not None
    assert 260 <= box["width"] <= 300


def test_a_picture_keeps_its_place_without_the_internet(visit: Visit) -> None:
    picture = card(visit()).get_by_role("img", name="Picture from pictures.example, not loaded").first
    box = picture.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (64, 32)


def test_a_picture_is_loaded_when_the_teammate_asks_for_it(visit: Visit, bench: Bench) -> None:
    page = visit("/")
    dot = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="32"/>'
    page.context.route(
        "https://pictures.example/**", lambda route: route.fulfill(body=dot, content_type="image/svg+xml")
    )
    page.goto(f"{bench.url}/?conversation={bench.shop.conversation_id}&pictures=load")
    picture = card(page).locator(".k-image img")
    expect(picture).to_have_js_property("naturalWidth", 64)
    assert {line for line in bench.complaints if "pictures.example" not in line} == set()
    bench.complaints.clear()


def test_divider_and_spacer_take_their_room(visit: Visit) -> None:
    shown = card(visit())
    expect(shown.get_by_role("separator")).to_have_count(1)
    expect(shown.locator(".k-spacer")).to_have_css("height", "32px")


def test_a_long_table_value_is_cut_and_told_on_hover_and_focus(visit: Visit) -> None:
    shown = card(visit())
    value = shown.locator("dd", has_text="a.very.long.address")
    assert value.get_attribute("title") == "a.very.long.address.indeed@harbour-and-pine.example"
    assert value.evaluate("node => node.scrollWidth > node.clientWidth")
    expect(value).to_have_attribute("tabindex", "0")
    short = shown.locator("dd", has_text="+353 1 555 0123")
    assert short.get_attribute("tabindex") is None


def test_fields_show_their_values_and_states(visit: Visit) -> None:
    shown = card(visit())
    expect(shown.get_by_label("Plain")).to_have_attribute("placeholder", "Type here")
    expect(shown.get_by_label("Saved", exact=True)).to_be_disabled()
    expect(shown.get_by_role("button", name="Send Saved")).to_have_count(0)
    expect(shown.get_by_label("Failed")).to_have_attribute("aria-invalid", "true")
    expect(shown.get_by_label("Failed")).to_be_enabled()
    expect(shown.get_by_label("Off")).to_be_disabled()
    expect(shown.get_by_label("Area")).to_have_attribute("aria-invalid", "true")
    expect(shown.get_by_label("Drop")).to_have_value("ann")
    expect(shown.get_by_role("radiogroup", name="Single").get_by_role("radio")).to_have_count(3)
    expect(shown.get_by_role("checkbox", name="Tag")).to_be_checked()
    expect(shown.get_by_role("checkbox", name="Note")).not_to_be_checked()


def test_buttons_and_items_have_their_looks(visit: Visit) -> None:
    shown = card(visit())
    expect(shown.get_by_role("button", name="Primary by default")).to_have_class("k-button k-button-primary")
    expect(shown.get_by_role("button", name="Second")).to_have_class("k-button k-button-secondary")
    expect(shown.get_by_role("button", name="Dead")).to_be_disabled()
    expect(shown.get_by_role("button", name="Switched off")).to_be_disabled()
    expect(shown.get_by_role("button", name="Ivy Stone")).to_contain_text("ivy@shop.example • user")
    expect(shown.get_by_text("Only shown")).to_be_visible()
    expect(shown.get_by_role("button", name="Only shown")).to_have_count(0)


def test_a_click_sends_every_value_of_the_canvas(visit: Visit, bench: Bench) -> None:
    shown = card(visit())
    shown.get_by_label("Plain").fill("typed")
    shown.get_by_label("Area").fill("two\nlines")
    shown.get_by_label("Drop").select_option("ivy")
    shown.get_by_role("radio", name="Lead").click()
    shown.get_by_role("checkbox", name="Note").check()
    with shown.page.expect_response("**/workbench/api/canvas"):
        shown.get_by_role("button", name="Second").click()
    [click] = bench.clicks()
    assert click["component_id"] == "second"
    assert click["input_values"] == {
        "plain": "typed",
        "acting": "before",
        "saved": "kept",
        "failed": "wrong",
        "off": "fixed",
        "area": "two\nlines",
        "drop": "ivy",
        "single": "lead",
        "check": ["note", "tag"],
    }
    assert click["current_canvas"]["stored_data"] == {"view": "everything"}


@pytest.mark.parametrize(
    ("blank", "expected"),
    [
        ("empty text", {"plain": "", "area": "", "single": "", "check": []}),
        ("left out", {}),
        ("null", {"plain": None, "area": None, "single": None, "check": None}),
    ],
)
def test_empty_fields_are_sent_in_each_way_that_intercom_might(
    visit: Visit, bench: Bench, blank: str, expected: dict[str, object]
) -> None:
    bench.answer(
        answer(
            {"type": "input", "id": "plain"},
            {"type": "textarea", "id": "area"},
            {"type": "single-select", "id": "single", "options": options("Yes", "No")},
            {"type": "checkbox", "id": "check", "label": "", "options": options("Yes")},
            {"type": "button", "id": "go", "label": "Go", "action": SUBMIT},
        )
    )
    page = visit()
    page.get_by_role("button", name="Inspect").click()
    page.get_by_role("tab", name="Tools").click()
    page.get_by_label("Empty fields").select_option(label=blank)
    go = card(page).get_by_role("button", name="Go")
    with page.expect_response("**/workbench/api/canvas"):
        go.click()
    assert bench.clicks()[0]["input_values"] == expected


def test_a_list_item_and_an_inline_button_send_their_own_ids(visit: Visit, bench: Bench) -> None:
    page = visit()
    for name in ("Ivy Stone", "Send Acting"):
        with page.expect_response("**/workbench/api/canvas"):
            card(page).get_by_role("button", name=name).click()
        expect(page.locator(".k-canvas[aria-busy=true]")).to_have_count(0)
    assert [click["component_id"] for click in bench.clicks()] == ["person:1", "acting"]


def test_a_url_action_opens_a_new_tab_and_calls_nobody(visit: Visit, bench: Bench) -> None:
    page = visit()
    page.context.route("https://elsewhere.example/**", lambda route: route.fulfill(body="elsewhere"))
    for target in (card(page).get_by_role("button", name="Leave"), card(page).get_by_role("link", name="Elsewhere")):
        with page.context.expect_page() as opened:
            target.click()
        assert opened.value.url == ELSEWHERE["url"]
        assert opened.value.evaluate("window.opener") is None
    assert bench.clicks() == []


def test_hostile_text_creates_no_element(visit: Visit, bench: Bench) -> None:
    bench.answer(
        answer(
            {"type": "text", "text": HOSTILE},
            {"type": "text", "text": f"**{HOSTILE}**", "style": "header"},
            {"type": "data-table", "items": [{"type": "field-value", "field": HOSTILE, "value": HOSTILE}]},
            {"type": "input", "id": HOSTILE, "label": HOSTILE, "placeholder": HOSTILE, "value": HOSTILE},
            {"type": "list", "items": [{"type": "item", "id": "i", "title": HOSTILE, "subtitle": HOSTILE}]},
            {"type": "button", "id": "b", "label": HOSTILE, "action": SUBMIT},
        )
    )
    page = visit()
    shown = card(page)
    expect(shown.locator("img, script, a")).to_have_count(0)
    expect(shown.locator(".k-paragraph")).to_have_text(HOSTILE)
    expect(shown.get_by_role("button", name=HOSTILE)).to_be_visible()
    assert page.title() == "Ivy · Kinbox workbench"


def test_while_an_answer_is_awaited_the_clicked_button_turns_and_no_other_click_counts(
    visit: Visit, bench: Bench
) -> None:
    page = visit()
    button = card(page).get_by_role("button", name="Second")
    answered = bench.kinbox.reply
    released = threading.Event()

    def late(call: Recorded) -> Reply:
        released.wait(20)
        return answered(call)

    bench.kinbox.reply = late
    button.click()
    expect(page.locator(".k-canvas")).to_have_attribute("aria-busy", "true")
    expect(button).to_contain_class("is-waiting")
    button.dispatch_event("click")
    card(page).get_by_role("button", name="Primary by default").dispatch_event("click")
    released.set()
    expect(page.locator(".k-canvas:not([aria-busy])")).to_be_visible()
    assert [click["component_id"] for click in bench.clicks()] == ["second"]


def test_the_double_click_tool_sends_one_click_twice(visit: Visit, bench: Bench) -> None:
    page = visit()
    page.get_by_role("button", name="Inspect").click()
    page.get_by_role("tab", name="Tools").click()
    page.get_by_label("Double click").check()
    card(page).get_by_role("button", name="Second").click()
    expect(page.locator("#exchanges > details")).to_have_count(3)
    first, second = bench.clicks()
    assert first == second
    expect(page.get_by_label("Double click")).not_to_be_checked()
