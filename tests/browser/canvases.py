"""Canvases for the renderer: one with every component in every look."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

SUBMIT: Json = {"type": "submit"}
ELSEWHERE: Json = {"type": "url", "url": "https://elsewhere.example/page"}
HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>[x](javascript:alert(1))'


def options(*texts: str) -> list[Json]:
    return [{"type": "option", "id": text.lower(), "text": text} for text in texts]


def answer(*components: Json) -> Json:
    return {"canvas": {"content": {"components": list(components)}, "stored_data": {"view": "everything"}}}


PRESENTATION: tuple[Json, ...] = (
    {"type": "text", "text": "A header", "style": "header"},
    {"type": "text", "text": "Some **bold words** and [a link](https://elsewhere.example/a) and *stars*"},
    {"type": "text", "text": "Muted", "style": "muted", "align": "center", "bottom_margin": "none"},
    {"type": "text", "text": "Failed", "style": "error", "align": "right"},
    {"type": "image", "url": "https://pictures.example/round.png", "width": 64, "height": 32, "rounded": True},
    {"type": "divider"},
    {"type": "spacer", "size": "xl"},
    {
        "type": "data-table",
        "items": [
            {"type": "field-value", "field": "Phone", "value": "+353 1 555 0123"},
            {"type": "field-value", "field": "Email", "value": "a.very.long.address.indeed@harbour-and-pine.example"},
        ],
    },
)

FIELDS: tuple[Json, ...] = (
    {"type": "input", "id": "plain", "label": "Plain", "placeholder": "Type here"},
    {"type": "input", "id": "acting", "label": "Acting", "value": "before", "action": SUBMIT},
    {"type": "input", "id": "saved", "label": "Saved", "value": "kept", "save_state": "saved", "action": SUBMIT},
    {"type": "input", "id": "failed", "label": "Failed", "value": "wrong", "save_state": "failed"},
    {"type": "input", "id": "off", "label": "Off", "value": "fixed", "disabled": True},
    {"type": "textarea", "id": "area", "label": "Area", "error": True},
    {"type": "dropdown", "id": "drop", "label": "Drop", "options": options("Ivy", "Ann"), "value": "ann"},
    {"type": "single-select", "id": "single", "label": "Single", "options": options("Latest", "Lead", "User")},
    {"type": "checkbox", "id": "check", "label": "Check", "options": options("Note", "Tag"), "value": ["tag"]},
)

ACTIONS: tuple[Json, ...] = (
    {
        "type": "list",
        "items": [
            {
                "type": "item",
                "id": "person:1",
                "title": "Ivy Stone",
                "subtitle": "ivy@shop.example",
                "tertiary_text": "user",
                "image": "https://pictures.example/ivy.png",
                "image_width": 36,
                "image_height": 36,
                "action": SUBMIT,
            },
            {"type": "item", "id": "person:2", "title": "Elsewhere", "action": ELSEWHERE},
            {"type": "item", "id": "person:3", "title": "Switched off", "disabled": True, "action": SUBMIT},
            {"type": "item", "id": "person:4", "title": "Only shown"},
        ],
    },
    {"type": "button", "id": "first", "label": "Primary by default", "action": SUBMIT},
    {"type": "button", "id": "second", "label": "Second", "style": "secondary", "action": SUBMIT},
    {"type": "button", "id": "leave", "label": "Leave", "style": "link", "action": ELSEWHERE},
    {"type": "button", "id": "dead", "label": "Dead", "disabled": True, "action": SUBMIT},
)

EVERYTHING = answer(*PRESENTATION, *FIELDS, *ACTIONS)
