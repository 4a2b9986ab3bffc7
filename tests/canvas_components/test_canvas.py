"""The canvas as a whole: its ids, its size, its place, and the answers that carry it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from canvas_components import (
    MAX_BYTES,
    SUBMIT,
    Button,
    Canvas,
    Component,
    ComponentError,
    Dropdown,
    Input,
    Item,
    List,
    Option,
    SheetAction,
    SingleSelect,
    Text,
    initialize_response,
    submit_response,
)

HELLO = Text(text="Hello")
SHEET = SheetAction(url="https://sheet.example/")
YES_NO = [Option(id="yes", text="Yes"), Option(id="no", text="No")]


def test_smallest_canvas_is_the_smallest_answer() -> None:
    wanted = {"canvas": {"content": {"components": [{"type": "text", "text": "Hello"}]}}}
    canvas = Canvas(components=[HELLO])
    assert initialize_response(canvas) == wanted
    assert submit_response(canvas) == wanted
    assert json.loads(canvas.to_json_bytes()) == wanted
    assert json.loads(canvas.to_json()) == canvas.to_dict() == wanted["canvas"]


def test_completed_event_stands_beside_the_canvas() -> None:
    canvas = Canvas(components=[HELLO])
    assert submit_response(canvas, event_completed=True)["event"] == {"type": "completed"}
    assert json.loads(canvas.to_json_bytes(event_completed=True)) == submit_response(canvas, event_completed=True)


def test_stored_data_goes_along_and_is_a_copy() -> None:
    stored: dict[str, Any] = {"view": "home", "nested": {"step": 2}, "seen": (1, None, True)}
    canvas = Canvas(components=[HELLO], stored_data=stored)
    stored["nested"]["step"] = 3
    assert canvas.to_dict()["stored_data"] == {"view": "home", "nested": {"step": 2}, "seen": [1, None, True]}


def test_what_a_canvas_gave_out_cannot_change_it() -> None:
    canvas = Canvas(components=[HELLO], stored_data={"view": "home"})
    canvas.to_dict()["stored_data"]["view"] = "changed"
    initialize_response(canvas)["canvas"]["content"]["components"].clear()
    assert canvas == Canvas(components=[HELLO], stored_data={"view": "home"})
    assert canvas.to_dict()["content"]["components"] == [{"type": "text", "text": "Hello"}]


def test_equal_canvases_are_equal_and_hash_alike() -> None:
    first, second = (Canvas(components=[HELLO], stored_data={"view": "home"}) for _ in range(2))
    assert first == second
    assert len({first, second}) == 1
    assert first != Canvas(components=[HELLO], stored_data={"view": "merge"})


def test_text_of_every_script_is_sent_as_utf_8() -> None:
    canvas = Canvas(components=[Text(text="Зоя 佐藤 👩‍🚀")])
    assert "Зоя 佐藤 👩‍🚀".encode() in canvas.to_json_bytes()


@pytest.mark.parametrize(
    "components",
    [
        [Input(id="a"), Input(id="a")],
        [Text(text="x", id="a"), Button(id="a", label="Go", action=SUBMIT)],
        [List(items=[Item(id="a", title="Ann"), Item(id="a", title="Ben")])],
        [List(items=[Item(id="a", title="Ann")]), List(items=[Item(id="a", title="Ben")])],
        [Button(id="a", label="Go", action=SUBMIT), List(items=[Item(id="a", title="Ann")])],
    ],
)
def test_id_that_stands_twice_is_refused(components: list[Component]) -> None:
    with pytest.raises(ComponentError, match='canvas: components has the id "a" twice'):
        Canvas(components=components)


def test_two_dropdowns_may_offer_the_same_option_ids() -> None:
    canvas = Canvas(components=[Dropdown(id=name, options=YES_NO) for name in ("first", "yes")])
    assert len(canvas.components) == 2


@pytest.mark.parametrize(
    ("component", "named"),
    [
        (Button(id="open", label="Open", action=SHEET), 'button "open"'),
        (Input(id="open", action=SHEET), 'input "open"'),
        (SingleSelect(id="open", options=YES_NO, action=SHEET), 'single-select "open"'),
        (List(items=[Item(id="open", title="Ann", action=SHEET)]), 'item "open"'),
    ],
)
def test_sheet_is_for_the_messenger_only(component: Component, named: str) -> None:
    with pytest.raises(ComponentError, match=f"{named}: action opens a sheet, which exists in the Messenger only"):
        Canvas(components=[component])
    assert Canvas(components=[component], place="messenger").components == (component,)


def test_live_canvas_is_for_the_messenger_only() -> None:
    with pytest.raises(ComponentError, match="content_url is set, but live canvases exist in the Messenger only"):
        Canvas(components=[HELLO], content_url="https://live.example/")
    live = Canvas(content_url="https://live.example/", place="messenger")
    assert live.to_dict() == {"content_url": "https://live.example/"}
    assert Canvas.from_dict(live.to_dict(), place="messenger") == live


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"components": []}, "components"),
        ({"components": None}, "components"),
        ({"components": HELLO}, "components"),
        ({"components": [{"type": "text", "text": "Hello"}]}, "components"),
        ({"components": [HELLO, Item(id="a", title="Ann")]}, "components"),
        ({"components": [HELLO], "stored_data": None}, "stored_data"),
        ({"components": [HELLO], "stored_data": ["view"]}, "stored_data"),
        ({"components": [HELLO], "stored_data": {1: "one"}}, "stored_data"),
        ({"components": [HELLO], "stored_data": {"at": object()}}, "stored_data"),
        ({"components": [HELLO], "stored_data": {"share": float("nan")}}, "stored_data"),
        ({"components": [HELLO], "stored_data": {"half": "\udc00"}}, "stored_data"),
        ({"components": [HELLO], "place": "sidebar"}, "place"),
        ({"content_url": "http://live.example/", "place": "messenger"}, "content_url"),
    ],
)
def test_canvas_that_cannot_be_sent_is_refused(values: dict[str, Any], field: str) -> None:
    with pytest.raises(ComponentError) as caught:
        Canvas(**values)
    assert (caught.value.component, caught.value.field) == ("canvas", field)


def test_content_may_have_64_kb_of_utf_8_json_and_not_a_byte_more() -> None:
    frame = len('{"components":[{"type":"text","text":""}]}')
    fitting = "é" * ((MAX_BYTES - frame) // 2)
    assert len(Canvas(components=[Text(text=fitting)]).to_json_bytes()) > MAX_BYTES
    with pytest.raises(ComponentError, match=f"canvas: content is {MAX_BYTES + 2} bytes"):
        Canvas(components=[Text(text=fitting + "é")])


def test_stored_data_may_have_64_kb_of_its_own() -> None:
    room = MAX_BYTES - len('{"a":""}')
    canvas = Canvas(components=[Text(text="x" * 60_000)], stored_data={"a": "x" * room})
    assert len(canvas.to_json_bytes()) > MAX_BYTES
    with pytest.raises(ComponentError, match=f"canvas: stored_data is {MAX_BYTES + 1} bytes"):
        Canvas(components=[HELLO], stored_data={"a": "x" * (room + 1)})


def test_repr_shows_neither_texts_nor_stored_data() -> None:
    shown = repr(Canvas(components=[Text(text="Ann Stone")], stored_data={"key": "s3cret"}))
    assert "Ann" not in shown
    assert "s3cret" not in shown


def test_reading_passes_over_nulls_unknown_fields_and_the_other_name_of_options() -> None:
    echoed = {
        "content": {
            "components": [
                {"type": "text", "text": "Hello", "id": None, "colour": "red"},
                {"type": "checkbox", "id": "c", "option": [{"type": "option", "id": "a", "text": "A"}]},
                {"type": "button", "id": "b", "label": "Go", "action": {"type": "submit", "url": None}},
            ]
        },
        "stored_data": None,
    }
    canvas = Canvas.from_dict(echoed)
    assert [component.type for component in canvas.components] == ["text", "checkbox", "button"]
    assert canvas.components[1].to_dict()["options"] == [{"type": "option", "id": "a", "text": "A"}]
    assert Canvas.from_dict({"canvas": echoed}) == canvas


def test_reading_a_broken_canvas_is_a_component_error() -> None:
    broken = {"content": {"components": [{"type": "dropdown", "id": "d", "options": []}]}}
    with pytest.raises(ComponentError, match='dropdown "d": options has 0, but needs at least 2'):
        Canvas.from_dict(broken)
