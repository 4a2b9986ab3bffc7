"""What the form of the settings says: a text for each key that somebody changed, as an operator would type it."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from app.channels.registry import adapters
from app.domain.setting_table import FACTS, SETTINGS
from app.http.admin.setting_fields import EMPTY_IS_NONE, MERGER, MERGERS_CHOICE, TAG, THESE

WAS = "was."
"""How the field begins that says what a setting was when the form was made."""
Form = MultiDict[str, str]


def changed_texts(form: Form) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The texts of the settings that are not as the form was made with, and a sentence for what could not be read.

    What was not touched is left out, so that somebody who has an old form open undoes nothing of a later one.
    """
    texts: dict[str, str] = {}
    faults: dict[str, str] = {}
    for setting in (*SETTINGS, *FACTS):
        text = _text(form, setting.key)
        if text is None or _same(text, form.get(f"{WAS}{setting.key}", "")):
            continue
        texts[setting.key] = text
    if texts.get("mergers") == "":
        faults["mergers"] = "Tick at least one admin, or choose “nobody”."
    return texts, faults


def _text(form: Form, key: str) -> str | None:
    """None when the form has no such field. Of several of one name the last counts: a tick stands behind its "no"."""
    if key == "mergers" and MERGERS_CHOICE in form:
        choice = form.get(MERGERS_CHOICE, "")
        return ",".join(form.getlist(MERGER)) if choice == THESE else choice
    if key == "tag_names":
        return _tag_names(form)
    values = form.getlist(key)
    if not values:
        return None
    text = values[-1].strip()
    return "none" if not text and key in EMPTY_IS_NONE else text


def _tag_names(form: Form) -> str | None:
    if not any(f"{TAG}{slug}" in form for slug in adapters()):
        return None
    named = {slug: form.get(f"{TAG}{slug}", "").strip() for slug in adapters()}
    return ",".join(f"{slug}={name}" for slug, name in named.items() if name) or "none"


def _same(text: str, was: str) -> bool:
    """Whether both say the same; the order of a list says nothing."""
    return text == was or sorted(text.split(",")) == sorted(was.split(","))
