"""For every canvas: it survives JSON and back, and the validator and the dataclasses agree on what is right."""

from __future__ import annotations

import copy
import json
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canvas_components import (
    SUBMIT,
    Button,
    ButtonStyle,
    Canvas,
    Checkbox,
    Component,
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
    SaveState,
    SheetAction,
    SingleSelect,
    Spacer,
    Text,
    Textarea,
    TextStyle,
    UrlAction,
    estimate_height_px,
    faults,
    first_canvas_faults,
)

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no fault of the code."""

URLS = st.sampled_from(["https://shop.example/a?b=1", "https://xn--e1afmkfd.example/"])
lines = st.sampled_from(["Ann", "Зоя", "佐藤 👩\u200d🚀", 'a"b\\c</script>', "[x](y)", " \x00 ", "e\u0301"])
filled = lines | st.sampled_from(["two\nlines", "\u2028x", "line\r\n"])
texts = filled | st.sampled_from(["", " ", "\n"])
flags = st.none() | st.booleans()
pixels = st.integers(1, 4000)
margins = st.sampled_from([None, "none"])
actions = st.just(SUBMIT) | st.builds(UrlAction, url=URLS)
optional_texts = st.none() | texts
optional_actions = st.none() | actions
messenger_actions = actions | st.builds(SheetAction, url=URLS)
save_states = st.none() | st.sampled_from(get_args(SaveState))


built_options = st.builds(Option, id=filled, text=filled, disabled=flags)
few_options = st.lists(built_options, min_size=2, max_size=10, unique_by=lambda option: option.id)
some_options = st.lists(built_options, min_size=1, max_size=10, unique_by=lambda option: option.id)


@st.composite
def choices(draw: st.DrawFn, part_id: str) -> Component:
    label, state, disabled = draw(texts), draw(save_states), draw(flags)
    if draw(st.booleans()):
        offered = draw(some_options)
        ticked = draw(flags) and [option.id for option in offered[::2]]
        return Checkbox(
            id=part_id, options=offered, label=label, value=ticked or None, save_state=state, disabled=disabled
        )
    offered = draw(few_options)
    chosen = offered[-1].id if draw(st.booleans()) else None
    kind = draw(st.sampled_from([Dropdown, SingleSelect]))
    return kind(id=part_id, options=offered, label=label, value=chosen, save_state=state, disabled=disabled)


@st.composite
def items(draw: st.DrawFn, part_id: str) -> Item:
    image = draw(st.none() | URLS)
    return Item(
        id=part_id,
        title=draw(filled),
        subtitle=draw(optional_texts),
        tertiary_text=draw(optional_texts),
        image=image,
        image_width=draw(pixels) if image else None,
        rounded_image=draw(flags),
        action=draw(optional_actions),
    )


def components(part_id: str) -> st.SearchStrategy[Component]:
    own_id = st.sampled_from([None, part_id])
    rows = st.lists(st.builds(FieldValue, field=filled, value=filled), min_size=1, max_size=4)
    clickable = items(f"{part_id}-item").map(lambda item: [item])
    optional, an_id, an_action = optional_texts, st.just(part_id), optional_actions
    url_action = st.none() | st.builds(UrlAction, url=URLS)
    return st.one_of(
        st.builds(
            Text, text=filled, id=own_id, style=st.sampled_from([None, *get_args(TextStyle)]), bottom_margin=margins
        ),
        st.builds(Image, url=URLS, width=pixels, height=pixels, id=own_id, rounded=flags, action=url_action),
        st.builds(Divider, id=own_id, bottom_margin=margins),
        st.builds(Spacer, id=own_id, size=st.sampled_from([None, "xs", "xl"])),
        st.builds(DataTable, items=rows),
        st.builds(
            Button, id=an_id, label=lines, action=actions, style=st.none() | st.sampled_from(get_args(ButtonStyle))
        ),
        st.builds(Input, id=an_id, label=optional, placeholder=optional, value=optional, action=an_action),
        st.builds(Textarea, id=an_id, label=optional, value=optional, error=flags),
        choices(part_id),
        st.builds(List, items=clickable, disabled=flags),
    )


POOL = [components(f"c{number}") for number in range(4)]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)
stored = st.dictionaries(
    texts, st.recursive(st.none() | st.booleans() | st.integers() | texts, st.lists, max_leaves=4), max_size=3
)


@st.composite
def canvases(draw: st.DrawFn) -> Canvas:
    count = draw(st.integers(1, len(POOL)))
    return Canvas(components=[draw(made) for made in POOL[:count]], stored_data=draw(stored))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything inside a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, inner in inside for found in [(*path, key), *places(inner, (*path, key))]]


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A right canvas with one or two places changed, dropped or doubled."""
    canvas = copy.deepcopy(draw(canvases()).to_dict())
    for _ in range(draw(st.integers(1, 2))):
        found = places(canvas)
        if not found:
            break
        *way, last = draw(st.sampled_from(found))
        owner: Any = canvas
        for key in way:
            owner = owner[key]
        how = draw(st.sampled_from(["drop", "change", "word", "number", "double", "rename"]))
        if how == "drop":
            del owner[last]
        elif how == "change":
            owner[last] = draw(json_values)
        elif how == "word":
            owner[last] = draw(st.sampled_from(["none", "primary", "submit", "sheet", "text", "list", "c0", "", " "]))
        elif how == "number":
            owner[last] = draw(st.integers(-2, 2))
        elif isinstance(owner, list):
            owner.append(copy.deepcopy(owner[last]))
        else:
            owner[draw(st.sampled_from(["id", "options", "option", "value", "image_width", "colour"]))] = owner[last]
    return canvas


@unhurried
@given(canvases())
def test_canvas_survives_json_and_back(canvas: Canvas) -> None:
    again = Canvas.from_dict(json.loads(canvas.to_json()))
    assert again == canvas
    assert again.to_dict() == canvas.to_dict()
    assert again.to_json_bytes() == canvas.to_json_bytes()


@unhurried
@given(canvases())
def test_what_the_dataclasses_build_has_no_faults_and_no_warnings(canvas: Canvas) -> None:
    assert faults(canvas.to_dict()) == []
    assert faults({"canvas": canvas.to_dict()}) == []


@unhurried
@given(damaged())
def test_canvas_can_be_read_exactly_when_it_has_no_faults(canvas: Any) -> None:
    if any(fault.level == "fault" for fault in faults(canvas)):
        with pytest.raises(ComponentError):
            Canvas.from_dict(canvas)
    else:
        assert faults(Canvas.from_dict(canvas).to_dict()) == []


@unhurried
@given(json_values | st.fixed_dictionaries({"content": st.fixed_dictionaries({"components": json_values})}))
def test_no_json_value_makes_the_validators_raise(value: Any) -> None:
    assert faults(value)
    assert isinstance(first_canvas_faults(value), list)
    assert estimate_height_px(value) >= 0


@unhurried
@given(damaged())
def test_no_damaged_canvas_makes_the_validators_raise(value: Any) -> None:
    for fault in [*faults(value), *first_canvas_faults(value)]:
        assert fault.sentence
        assert json.dumps(fault.to_dict())
    assert estimate_height_px(value) >= 0


@unhurried
@given(POOL[0] | st.builds(Button, id=st.just("c0"), label=lines, action=messenger_actions))
def test_sheets_pass_in_the_messenger_only(component: Component) -> None:
    canvas = Canvas(components=[component], place="messenger").to_dict()
    is_sheet = isinstance(getattr(component, "action", None), SheetAction)
    assert faults(canvas, place="messenger") == []
    assert bool(faults(canvas)) == is_sheet
