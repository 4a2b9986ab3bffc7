"""What a reviewer looks at in the first canvas: its height, primary buttons, relative times."""

from __future__ import annotations

from typing import Any

import pytest

from canvas_components import estimate_height_px, first_canvas_faults


def canvas(*components: Any) -> dict[str, Any]:
    return {"content": {"components": list(components)}}


def height(component: dict[str, Any]) -> int:
    """What the component adds to a canvas that has a one-pixel divider already."""
    divider = {"type": "divider", "bottom_margin": "none"}
    return estimate_height_px(canvas(divider, component)) - estimate_height_px(canvas(divider))


def text(words: str, **more: str) -> dict[str, str]:
    return {"type": "text", "text": words, **more}


@pytest.mark.parametrize(
    ("component", "height_px"),
    [
        (text("Ann"), 20 + 10),
        (text("Ann", bottom_margin="none"), 20),
        (text("Ann", style="header"), 24 + 10),
        (text("x" * 38), 20 + 10),
        (text("x" * 39), 40 + 10),
        (text("漢" * 19), 20 + 10),
        (text("漢" * 20), 40 + 10),
        (text("é" * 38), 20 + 10),
        (text("e\u0301" * 38), 20 + 10),
        (text("Ann\nStone"), 40 + 10),
        (text(f"[Ann]({'https://x.example/' * 9})"), 20 + 10),
        ({"type": "spacer"}, 8),
        ({"type": "spacer", "size": "xl"}, 32),
        ({"type": "divider"}, 1 + 10),
        ({"type": "button", "id": "a", "label": "Go"}, 40 + 10),
        ({"type": "input", "id": "a"}, 40 + 10),
        ({"type": "input", "id": "a", "label": "Who"}, 20 + 40 + 10),
        ({"type": "textarea", "id": "a", "label": "Why"}, 20 + 80 + 10),
        ({"type": "dropdown", "id": "a", "options": [{"text": "A"}] * 9}, 40 + 10),
        ({"type": "single-select", "id": "a", "options": [{"text": "Yes"}] * 3}, 40 + 10),
        ({"type": "single-select", "id": "a", "options": [{"text": "x" * 30}] * 3}, 120 + 10),
        ({"type": "checkbox", "id": "a", "label": "", "options": [{"text": "A"}] * 2}, 56 + 10),
        ({"type": "data-table", "items": [{"field": "a", "value": "x" * 400}] * 3}, 72 + 10),
        ({"type": "list", "items": [{"title": "Ann"}, {"title": "Ben", "subtitle": "b@x.example"}]}, 36 + 56 + 10),
        ({"type": "list", "items": [{"title": "Ann", "image": "x", "image_height": 60}]}, 76 + 10),
        ({"type": "image", "width": 100, "height": 50}, 50 + 10),
        ({"type": "image", "width": 540, "height": 100}, 50 + 10),
        ({"type": "image", "width": 135, "height": 50, "align": "full_width"}, 100 + 10),
        ({"type": "unheard-of"}, 0),
    ],
)
def test_each_component_has_its_estimated_height(component: dict[str, Any], height_px: int) -> None:
    assert height(component) == height_px


def test_canvas_over_400_px_is_a_fault_that_gives_the_estimate() -> None:
    tall = canvas(*[text("Ann")] * 13)
    [fault] = first_canvas_faults(tall)
    assert (fault.path, fault.component) == ("content.components", "canvas")
    assert f"about {estimate_height_px(tall)} px tall" in fault.sentence
    assert first_canvas_faults(canvas(*[text("Ann")] * 12)) == []


@pytest.mark.parametrize("style", [{}, {"style": None}, {"style": "primary"}])
def test_button_without_a_style_is_primary_and_so_a_fault(style: dict[str, Any]) -> None:
    [fault] = first_canvas_faults(canvas({"type": "button", "id": "merge", "label": "Merge", **style}))
    assert (fault.path, fault.id) == ("content.components[0].style", "merge")


@pytest.mark.parametrize("style", ["secondary", "link"])
def test_other_buttons_are_welcome(style: str) -> None:
    assert first_canvas_faults(canvas({"type": "button", "id": "merge", "label": "Merge", "style": style})) == []


@pytest.mark.parametrize(
    "words",
    [
        "Seen 5 minutes ago",
        "Last message an hour ago",
        "2h ago",
        "a few days ago",
        "Yesterday",
        "Matched just now",
        "due in 3 days",
        "Last week",
        "today at 9:05AM",
    ],
)
def test_relative_time_is_a_fault(words: str) -> None:
    [fault] = first_canvas_faults(canvas(text(words)))
    assert fault.path == "content.components[0].text"
    assert "Mar 4, 2026 at 9:05AM" in fault.sentence
    assert words not in fault.sentence


@pytest.mark.parametrize(
    "words", ["Mar 4, 2026 at 9:05AM", "Chicago", "Ann Dagostino", "In 2026", "5 messages", "Holiday", "now"]
)
def test_absolute_dates_and_ordinary_words_are_welcome(words: str) -> None:
    assert first_canvas_faults(canvas(text(words))) == []


@pytest.mark.parametrize(
    ("component", "path"),
    [
        ({"type": "input", "id": "a", "label": "Since yesterday"}, "label"),
        ({"type": "list", "items": [{"title": "A"}, {"title": "B", "subtitle": "1 day ago"}]}, "items[1].subtitle"),
        ({"type": "list", "items": [{"id": "a", "title": "A", "tertiary_text": "just now"}]}, "items[0].tertiary_text"),
        ({"type": "data-table", "items": [{"field": "Seen", "value": "3 days ago"}]}, "items[0].value"),
        ({"type": "dropdown", "id": "a", "options": [{"id": "a", "text": "last week"}]}, "options[0].text"),
    ],
)
def test_relative_times_are_found_in_every_text(component: dict[str, Any], path: str) -> None:
    assert [fault.path for fault in first_canvas_faults(canvas(component))] == [f"content.components[0].{path}"]
    [fault] = first_canvas_faults({"canvas": canvas(component)})
    assert fault.path == f"canvas.content.components[0].{path}"
