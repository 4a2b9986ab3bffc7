"""JSON from elsewhere: every fault is listed, with its place and a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from canvas_components import MAX_BYTES, faults


def listed(*components: Any, **rest: Any) -> list[tuple[str, str, str]]:
    found = faults({"content": {"components": list(components)}, **rest})
    return [(fault.path.removeprefix("content.components"), fault.level, fault.sentence) for fault in found]


OPTION = {"type": "option", "id": "a", "text": "A"}
BUTTON = {"type": "button", "id": "go", "label": "Go", "action": {"type": "submit"}}


def test_all_faults_of_a_canvas_are_listed_in_order() -> None:
    found = listed(
        {"type": "text", "text": 5},
        {"type": "dropdown", "id": "target", "options": [OPTION], "value": "b", "save_state": "done"},
        {"type": "button", "id": 7, "label": "Go", "action": {"type": "open_url", "url": "https://x.example"}},
    )
    assert found == [
        ("[0].text", "fault", "text: text is a number, but must be text."),
        ("[1].options", "fault", 'dropdown "target": options has 1, but needs at least 2.'),
        ("[1].save_state", "fault", 'dropdown "target": save_state must be unsaved, saved or failed.'),
        ("[1].value", "fault", 'dropdown "target": value is not the id of one of the options.'),
        ("[2].id", "fault", "button: id is a number, but must be text."),
        (
            "[2].action",
            "fault",
            "button: action must be a submit or url or sheet action, the only kind allowed here.",
        ),
    ]


@pytest.mark.parametrize(
    ("component", "path", "sentence"),
    [
        (
            {"type": "dropdown", "id": "d", "options": [{"id": "a", "text": "A"}, OPTION | {"id": "b"}]},
            "[0].options[0].type",
            'option "a": type is missing.',
        ),
        ({"type": "list", "items": [{"id": "a", "title": "A"}]}, "[0].items[0].type", 'item "a": type is missing.'),
        (
            {"type": "data-table", "items": [{"field": "a", "value": "A"}]},
            "[0].items[0].type",
            "field-value: type is missing.",
        ),
    ],
)
def test_nested_entry_without_a_type_is_a_fault(component: Any, path: str, sentence: str) -> None:
    assert listed(component) == [(path, "fault", sentence)]


@pytest.mark.parametrize(
    ("component", "path", "sentence"),
    [
        (
            {"type": "divider", "margin_bottom": "none"},
            "[0].margin_bottom",
            "divider: margin_bottom is not a field that Intercom knows, so it is ignored; did you mean bottom_margin?",
        ),
        (
            {"type": "input", "id": "q", "required": True},
            "[0].required",
            'input "q": required is not a field that Intercom knows, so it is ignored.',
        ),
        (
            BUTTON | {"action": {"type": "submit", "url": "https://x.example"}},
            "[0].action.url",
            "submit: url is not a field that Intercom knows, so it is ignored.",
        ),
        ({"type": "input", "id": "q", "label": None}, "[0].label", 'input "q": label is null: leave it out.'),
    ],
)
def test_field_that_is_passed_over_in_silence_is_a_warning(component: Any, path: str, sentence: str) -> None:
    assert listed(component) == [(path, "warning", sentence)]


def test_unknown_component_type_is_named_with_the_nearest_one() -> None:
    [(path, level, sentence)] = listed({"type": "text-area", "id": "why"})
    assert (path, level) == ("[0].type", "fault")
    assert sentence.startswith('component "why": type is not one of text, image,')
    assert sentence.endswith("did you mean textarea?")


def test_same_id_on_a_button_and_a_list_item_is_a_fault() -> None:
    item = {"type": "item", "id": "go", "title": "Ann"}
    assert listed(BUTTON, {"type": "list", "items": [item]}) == [
        (
            "[1].items[0].id",
            "fault",
            'canvas: components has the id "go" twice, so that clicks and inputs could not be told apart.',
        )
    ]


def test_checkbox_may_call_its_options_option() -> None:
    assert listed({"type": "checkbox", "id": "c", "option": [OPTION], "value": ["a"]}) == []
    assert listed({"type": "checkbox", "id": "c", "option": [OPTION], "value": ["b"]}) == [
        ("[0].value", "fault", 'checkbox "c": value is not the id of one of the options.')
    ]


def test_sheet_and_content_url_are_faults_in_the_inbox_only() -> None:
    url = "https://sheet.example/"
    canvas = {
        "content_url": url,
        "content": {"components": [BUTTON | {"action": {"type": "sheet", "url": url}}]},
    }
    assert [fault.path for fault in faults(canvas)] == ["content.components[0].action", "content_url"]
    assert faults(canvas, place="messenger") == []


def test_more_than_64_kb_is_a_fault() -> None:
    big = {"type": "text", "text": "é" * (MAX_BYTES // 2)}
    [(path, _, sentence)] = listed(big)
    assert path == "content"
    assert sentence.endswith(f"but at most {MAX_BYTES} are allowed.")
    assert [path for path, _, _ in listed(BUTTON, stored_data={"a": "x" * MAX_BYTES})] == ["stored_data"]


def test_whole_answer_is_checked_with_its_event() -> None:
    answer = {"canvas": {"content": {"components": [BUTTON | {"style": "big"}]}}, "event": {"type": "done"}, "x": 1}
    assert [(fault.path, fault.level) for fault in faults(answer)] == [
        ("x", "warning"),
        ("event", "fault"),
        ("canvas.content.components[0].style", "fault"),
    ]


@pytest.mark.parametrize(
    ("canvas", "path"),
    [
        (None, ""),
        ([], ""),
        ("text", ""),
        ({}, "content"),
        ({"content": []}, "content"),
        ({"content": {}}, "content.components"),
        ({"content": {"components": {}}}, "content.components"),
        ({"content": {"components": []}}, "content.components"),
        ({"content": {"components": [3]}}, "content.components[0]"),
        ({"content": {"components": [{"type": []}]}}, "content.components[0].type"),
        ({"content": {"components": [BUTTON | {"action": {"type": []}}]}}, "content.components[0].action"),
        ({"content": {"components": [BUTTON]}, "stored_data": "x"}, "stored_data"),
        ({"canvas": 3}, "canvas"),
    ],
)
def test_what_is_no_canvas_at_all_is_one_fault(canvas: object, path: str) -> None:
    assert [fault.path for fault in faults(canvas)] == [path]


def test_endless_nesting_is_a_fault_and_no_crash() -> None:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    assert [path for path, _, _ in listed(BUTTON, stored_data={"a": nested})] == ["stored_data"]
    assert "content" in [path for path, _, _ in listed(BUTTON | {"label": nested})]


def test_fault_as_json_has_its_sentence() -> None:
    [fault] = faults({"content": {"components": [BUTTON | {"label": ""}]}})
    assert fault.to_dict() == {
        "path": "content.components[0].label",
        "component": "button",
        "id": "go",
        "field": "label",
        "problem": "is blank",
        "level": "fault",
        "sentence": 'button "go": label is blank.',
    }
