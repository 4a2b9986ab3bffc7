"""Each component with every field set, against JSON that was written by hand from the reference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from canvas_components import (
    SUBMIT,
    Button,
    Canvas,
    Checkbox,
    Component,
    DataTable,
    Divider,
    Dropdown,
    FieldValue,
    Image,
    Input,
    Item,
    List,
    Option,
    SingleSelect,
    Spacer,
    Text,
    Textarea,
    UrlAction,
    faults,
    submit_response,
)

GOLDEN = Path(__file__).parent / "golden"

COMPLETE: list[Component] = [
    Text(text="Matched to **Ann**", id="state", align="left", style="header", bottom_margin="none"),
    Image(
        url="https://img.example/map.png",
        width=200,
        height=100,
        id="map",
        align="full_width",
        rounded=True,
        bottom_margin="none",
        action=UrlAction(url="https://maps.example/1"),
    ),
    Divider(id="line", bottom_margin="none"),
    Spacer(id="room", size="xl"),
    DataTable(items=[FieldValue(field="Role", value="lead"), FieldValue(field="Phone", value="+15550100")]),
    Button(id="merge", label="Merge", action=SUBMIT, style="secondary", disabled=True),
    Input(
        id="who",
        label="Merge with",
        placeholder="Email, phone or id",
        value="ann@shop.example",
        action=SUBMIT,
        save_state="failed",
        disabled=False,
    ),
    Textarea(id="why", label="Reason", placeholder="In a few words", value="Same voice", error=True, disabled=False),
    Dropdown(
        id="target",
        options=[Option(id="a", text="Ann", disabled=True), Option(id="b", text="Ben")],
        label="Merge into",
        value="b",
        save_state="unsaved",
        disabled=False,
        action=SUBMIT,
    ),
    SingleSelect(
        id="keep",
        options=[Option(id="yes", text="Yes"), Option(id="no", text="No")],
        label="Keep the phone",
        value="yes",
        save_state="saved",
        disabled=False,
        action=UrlAction(url="https://help.example/keep"),
    ),
    Checkbox(
        id="consent",
        options=[Option(id="sure", text="It cannot be undone")],
        label="Please confirm",
        value=["sure"],
        save_state="unsaved",
        disabled=False,
    ),
    List(
        items=[
            Item(
                id="pick:1",
                title="Ivy Stone",
                subtitle="ivy@shop.example",
                tertiary_text="user",
                image="https://img.example/ivy.png",
                image_width=40,
                image_height=40,
                rounded_image=True,
                disabled=False,
                action=SUBMIT,
            ),
            Item(id="pick:2", title="I. Stone"),
        ],
        disabled=False,
    ),
]


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("component", COMPLETE, ids=lambda component: component.type)
def test_component_with_every_field_is_the_golden_json(component: Component) -> None:
    assert component.to_dict() == golden(component.type)


def test_every_component_has_a_golden_file_and_none_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {one.type for one in COMPLETE} | {"full-canvas"}


@pytest.mark.parametrize("component", COMPLETE, ids=lambda component: component.type)
def test_golden_json_has_no_fault_and_reads_back_as_the_component(component: Component) -> None:
    canvas = {"content": {"components": [golden(component.type)]}}
    assert faults(canvas) == []
    assert Canvas.from_dict(canvas).components == (component,)


def full_canvas() -> Canvas:
    return Canvas(
        components=[
            Text(text="Merge this lead into", style="header"),
            List(
                items=[
                    Item(
                        id="pick:9",
                        title="Ivy Stone",
                        subtitle="ivy@shop.example",
                        tertiary_text="user",
                        action=SUBMIT,
                    ),
                    Item(id="pick:10", title="I. Stone", subtitle="+15550100", action=SUBMIT),
                ]
            ),
            Input(id="q", label="Someone else", placeholder="Email, phone or id", action=SUBMIT),
            Spacer(size="s"),
            Divider(),
            Button(id="home", label="Back", action=SUBMIT, style="link"),
        ],
        stored_data={"v": "1", "view": "pick", "from": "aaaabbbbccccddddeeee0001"},
    )


def test_full_canvas_is_the_golden_answer_as_object_and_as_bytes() -> None:
    wanted = golden("full-canvas")
    assert submit_response(full_canvas(), event_completed=True) == wanted
    assert json.loads(full_canvas().to_json_bytes(event_completed=True)) == wanted
    assert faults(wanted) == []
