"""A component that breaks a rule cannot be built, and the error says which component and which field."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from canvas_components import (
    SUBMIT,
    Button,
    Checkbox,
    ComponentError,
    DataTable,
    Divider,
    Dropdown,
    FieldValue,
    Image,
    Input,
    Item,
    List,
    Option,
    SheetAction,
    SingleSelect,
    Spacer,
    Text,
    Textarea,
    UrlAction,
)

URL = "https://shop.example/a"


def options(count: int) -> list[Option]:
    return [Option(id=f"o{number}", text=f"Option {number}") for number in range(count)]


def build(kind: Any, **values: Any) -> Any:
    return kind(**values)


@pytest.mark.parametrize(
    ("kind", "values", "field", "problem"),
    [
        (Text, {}, "text", "is missing"),
        (Text, {"text": None}, "text", "is missing"),
        (Text, {"text": 5}, "text", "is a number, but must be text"),
        (Text, {"text": True}, "text", "is true or false, but must be text"),
        (Text, {"text": " \n"}, "text", "is blank"),
        (Text, {"text": "\ud83d"}, "text", "holds half a character (a lone surrogate), which cannot be sent"),
        (Text, {"text": "x", "id": ""}, "id", "is blank"),
        (Text, {"text": "x", "style": "big"}, "style", "must be header, paragraph, muted or error"),
        (Text, {"text": "x", "align": "full_width"}, "align", "must be left, center or right"),
        (Text, {"text": "x", "bottom_margin": False}, "bottom_margin", 'is true or false, but must be "none"'),
        (Image, {"url": URL, "width": 10}, "height", "is missing"),
        (Image, {"url": "http://x.example/", "width": 1, "height": 1}, "url", "does not start with https://"),
        (Image, {"url": "x", "width": 1, "height": 1}, "url", "is not a web address (https://...)"),
        (Image, {"url": URL, "width": 0, "height": 1}, "width", "must be at least 1 pixel"),
        (Image, {"url": URL, "width": 1.5, "height": 1}, "width", "is a number, but must be a whole number of pixels"),
        (
            Image,
            {"url": URL, "width": True, "height": 1},
            "width",
            "is true or false, but must be a whole number of pixels",
        ),
        (
            Image,
            {"url": URL, "width": 1, "height": 1, "action": SUBMIT},
            "action",
            "must be a url action, the only kind allowed here",
        ),
        (Divider, {"bottom_margin": "10px"}, "bottom_margin", 'must be "none"'),
        (Spacer, {"size": "xxl"}, "size", "must be xs, s, m, l or xl"),
        (DataTable, {}, "items", "is missing"),
        (DataTable, {"items": []}, "items", "has 0, but needs at least 1"),
        (DataTable, {"items": options(1)}, "items", "holds a Option, but must hold FieldValue objects only"),
        (FieldValue, {"field": "Age", "value": 40}, "value", "is a number, but must be text"),
        (FieldValue, {"field": "", "value": "x"}, "field", "is blank"),
        (Button, {"label": "Go", "action": SUBMIT}, "id", "is missing"),
        (Button, {"id": "  ", "label": "Go", "action": SUBMIT}, "id", "is blank"),
        (Button, {"id": 7, "label": "Go", "action": SUBMIT}, "id", "is a number, but must be text"),
        (Button, {"id": "a", "label": "a\nb", "action": SUBMIT}, "label", "has a line break, but is shown on one line"),
        (Button, {"id": "a", "label": "Go"}, "action", "is missing"),
        (
            Button,
            {"id": "a", "label": "Go", "action": {"type": "submit"}},
            "action",
            "is an object, but must be a submit or url or sheet action",
        ),
        (
            Button,
            {"id": "a", "label": "Go", "action": SUBMIT, "disabled": "yes"},
            "disabled",
            "is text, but must be true or false",
        ),
        (Input, {"id": "a", "value": 3}, "value", "is a number, but must be text"),
        (Input, {"id": "a", "save_state": "done"}, "save_state", "must be unsaved, saved or failed"),
        (Textarea, {"id": "a", "error": 1}, "error", "is a number, but must be true or false"),
        (Dropdown, {"id": "a"}, "options", "is missing"),
        (Dropdown, {"id": "a", "options": options(1)}, "options", "has 1, but needs at least 2"),
        (Dropdown, {"id": "a", "options": options(11)}, "options", "has 11, but at most 10 are allowed"),
        (Dropdown, {"id": "a", "options": "ab"}, "options", "is text, but must be a list"),
        (Dropdown, {"id": "a", "options": options(2), "value": "o9"}, "value", "is not the id of one of the options"),
        (Dropdown, {"id": "a", "options": options(2) * 2}, "options", 'has two entries with the id "o0"'),
        (
            Dropdown,
            {"id": "a", "options": options(2), "action": UrlAction(url=URL)},
            "action",
            "must be a submit action, the only kind allowed here",
        ),
        (SingleSelect, {"id": "a", "options": options(1)}, "options", "has 1, but needs at least 2"),
        (SingleSelect, {"id": "a", "options": options(11)}, "options", "has 11, but at most 10 are allowed"),
        (
            SingleSelect,
            {"id": "a", "options": options(2), "value": ""},
            "value",
            "is not the id of one of the options",
        ),
        (Checkbox, {"id": "a", "options": []}, "options", "has 0, but needs at least 1"),
        (Checkbox, {"id": "a", "options": options(1), "label": None}, "label", "is missing"),
        (Checkbox, {"id": "a", "options": options(1), "value": "o0"}, "value", "is text, but must be a list"),
        (
            Checkbox,
            {"id": "a", "options": options(1), "value": ["o0", "o1"]},
            "value",
            "is not the id of one of the options",
        ),
        (
            Checkbox,
            {"id": "a", "options": options(1), "value": [0]},
            "value",
            "holds an entry that is a number, but must be text",
        ),
        (List, {"items": []}, "items", "has 0, but needs at least 1"),
        (Item, {"title": "Ann"}, "id", "is missing"),
        (Item, {"id": "a", "title": ""}, "title", "is blank"),
        (
            Item,
            {"id": "a", "title": "Ann", "image": "http://x.example/a.png"},
            "image",
            "does not start with https://",
        ),
        (
            Item,
            {"id": "a", "title": "Ann", "image_width": 4},
            "image_width",
            "is set, but the item has no image",
        ),
        (Option, {"id": "a", "text": None}, "text", "is missing"),
        (UrlAction, {"url": "javascript:alert(1)"}, "url", "is not a web address (https://...)"),
        (UrlAction, {"url": "https://x.example/ a"}, "url", "is not a web address (https://...)"),
        (SheetAction, {"url": "http://x.example/"}, "url", "does not start with https://"),
    ],
)
def test_broken_rule_is_a_component_error_naming_component_and_field(
    kind: Any, values: dict[str, Any], field: str, problem: str
) -> None:
    with pytest.raises(ComponentError) as caught:
        build(kind, **values)
    part_id = values.get("id")
    wanted_id = part_id if isinstance(part_id, str) else None
    error = caught.value
    assert (error.component, error.id, error.field, error.problem) == (kind.type, wanted_id, field, problem)
    named = f'{kind.type} "{wanted_id}"' if wanted_id else kind.type
    assert str(error) == f"{named}: {field} {problem}"


@pytest.mark.parametrize("kind", [Text, Button, List, Item, Option, UrlAction])
def test_unknown_keyword_is_a_type_error(kind: Any) -> None:
    with pytest.raises(TypeError, match="margin_bottom"):
        build(kind, margin_bottom="none")


def test_a_value_without_a_keyword_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="positional"):
        Text("Hello")  # type: ignore[call-arg]


def test_two_and_ten_options_are_allowed() -> None:
    for count in (2, 10):
        assert len(Dropdown(id="a", options=options(count)).options) == count
        assert len(SingleSelect(id="a", options=options(count)).options) == count


def test_checkbox_takes_more_than_ten_options() -> None:
    assert len(Checkbox(id="a", options=options(30)).options) == 30


def test_fields_that_are_not_set_are_left_out() -> None:
    assert Text(text="Hello").to_dict() == {"type": "text", "text": "Hello"}
    assert Divider().to_dict() == {"type": "divider"}
    assert Spacer().to_dict() == {"type": "spacer"}
    assert Input(id="q").to_dict() == {"type": "input", "id": "q"}
    assert SUBMIT.to_dict() == {"type": "submit"}


def test_checkbox_always_sends_its_label_and_calls_its_list_options() -> None:
    made = Checkbox(id="a", options=options(1)).to_dict()
    assert made["label"] == ""
    assert "option" not in made
    assert len(made["options"]) == 1


def test_component_cannot_be_changed_after_it_was_checked() -> None:
    text = Text(text="Hello")
    with pytest.raises(FrozenInstanceError):
        text.text = ""  # type: ignore[misc]


def test_changing_what_a_component_was_built_from_or_made_changes_nothing_in_it() -> None:
    choices = options(2)
    dropdown = Dropdown(id="a", options=choices)
    choices.clear()
    dropdown.to_dict()["options"][0]["id"] = "changed"
    assert [option["id"] for option in dropdown.to_dict()["options"]] == ["o0", "o1"]


def test_equal_components_are_equal_and_hash_alike() -> None:
    first, second = (Dropdown(id="a", options=options(2), value="o1") for _ in range(2))
    assert first == second
    assert len({first, second, Dropdown(id="b", options=options(2))}) == 2


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301 - our own
def test_copies_and_pickles_are_equal_and_complete(again: Callable[[Any], Any]) -> None:
    made = Dropdown(id="a", options=options(2), action=SUBMIT)
    assert again(made) == made
    assert again(made).to_dict() == made.to_dict()


def test_repr_and_error_hold_no_customer_text() -> None:
    item = Item(id="pick:1", title="Ann Stone", subtitle="ann@shop.example")
    assert repr(item) == "Item(id='pick:1')"
    assert repr(Text(text="Ann Stone")) == "Text()"
    with pytest.raises(ComponentError) as caught:
        Dropdown(id="a", options=options(2), value="ann@shop.example")
    assert "ann" not in str(caught.value)
