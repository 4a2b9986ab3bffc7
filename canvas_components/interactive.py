"""Components that a teammate fills in or clicks. Source: Canvas Kit reference, interactive components."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, ClassVar, Literal

from canvas_components.actions import SheetAction, SubmitAction, UrlAction
from canvas_components.base import Component, Many, One, part
from canvas_components.options import CLICK, Item, Option
from canvas_components.rules import among, any_text, filled_text, flag, meta, one_line, text_list

ButtonStyle = Literal["primary", "secondary", "link"]
SaveState = Literal["unsaved", "saved", "failed"]
AnyAction = SubmitAction | UrlAction | SheetAction

_ID = meta(filled_text)
_TEXT = meta(any_text)
_FLAG = meta(flag)
_SAVE_STATE = meta(among(SaveState))
_CHOSEN = frozenset({"value"})
_TWO_TO_TEN = meta(Many(Option, least=2, most=10, unique_ids=True))


def _option_ids(options: object) -> set[object]:
    entries = options if isinstance(options, list | tuple) else ()
    ids = (one.get("id") if isinstance(one, Mapping) else getattr(one, "id", None) for one in entries)
    return {one for one in ids if isinstance(one, str)}


def _unoffered(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    chosen = values.get("value")
    entries = chosen if isinstance(chosen, list | tuple) else [chosen]
    known = _option_ids(values.get("options"))
    if any(isinstance(one, str) and one not in known for one in entries):
        yield "value", "is not the id of one of the options"


@part
class Button(Component):
    """A button with one line of text. Without a style it is `primary`."""

    type: ClassVar[str] = "button"
    id: str = field(metadata=_ID)
    label: str = field(metadata=meta(one_line))
    action: AnyAction = field(metadata=CLICK)
    style: ButtonStyle | None = field(default=None, metadata=meta(among(ButtonStyle)))
    disabled: bool | None = field(default=None, metadata=_FLAG)


@part
class Input(Component):
    """One line to type in. An action puts a small button beside it.

    The save_state `saved` beats `disabled` and blocks the action.
    """

    type: ClassVar[str] = "input"
    id: str = field(metadata=_ID)
    label: str | None = field(default=None, metadata=_TEXT)
    placeholder: str | None = field(default=None, metadata=_TEXT)
    value: str | None = field(default=None, metadata=_TEXT)
    action: AnyAction | None = field(default=None, metadata=CLICK)
    save_state: SaveState | None = field(default=None, metadata=_SAVE_STATE)
    disabled: bool | None = field(default=None, metadata=_FLAG)


@part
class Textarea(Component):
    """Several lines to type in. It has `error`, but no save_state and no action: submit with a button."""

    type: ClassVar[str] = "textarea"
    id: str = field(metadata=_ID)
    label: str | None = field(default=None, metadata=_TEXT)
    placeholder: str | None = field(default=None, metadata=_TEXT)
    value: str | None = field(default=None, metadata=_TEXT)
    error: bool | None = field(default=None, metadata=_FLAG)
    disabled: bool | None = field(default=None, metadata=_FLAG)


@part
class Dropdown(Component):
    """One choice of 2 to 10.

    Whether its submit action works everywhere is unconfirmed: a button is the safe way.
    """

    type: ClassVar[str] = "dropdown"
    clash_trigger: ClassVar[frozenset[str]] = _CHOSEN
    id: str = field(metadata=_ID)
    options: Sequence[Option] = field(metadata=_TWO_TO_TEN)
    label: str | None = field(default=None, metadata=_TEXT)
    value: str | None = field(default=None, metadata=_TEXT)
    save_state: SaveState | None = field(default=None, metadata=_SAVE_STATE)
    disabled: bool | None = field(default=None, metadata=_FLAG)
    action: SubmitAction | None = field(default=None, metadata=meta(One(SubmitAction)))

    @classmethod
    def clashes(cls, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        return _unoffered(values)


@part
class SingleSelect(Component):
    """One choice of 2 to 10, all of them visible as buttons."""

    type: ClassVar[str] = "single-select"
    clash_trigger: ClassVar[frozenset[str]] = _CHOSEN
    id: str = field(metadata=_ID)
    options: Sequence[Option] = field(metadata=_TWO_TO_TEN)
    label: str | None = field(default=None, metadata=_TEXT)
    value: str | None = field(default=None, metadata=_TEXT)
    save_state: SaveState | None = field(default=None, metadata=_SAVE_STATE)
    disabled: bool | None = field(default=None, metadata=_FLAG)
    action: AnyAction | None = field(default=None, metadata=CLICK)

    @classmethod
    def clashes(cls, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        return _unoffered(values)


@part
class Checkbox(Component):
    """Any number of choices, at least one option. `value` is the list of the ids that are ticked.

    The reference calls the list `option`, Intercom's own tutorial `options`: `options` is sent, both are read. The
    label is always sent, since the two sources disagree on whether it may be left out.
    """

    type: ClassVar[str] = "checkbox"
    clash_trigger: ClassVar[frozenset[str]] = _CHOSEN
    aliases: ClassVar[Mapping[str, str]] = {"option": "options"}
    id: str = field(metadata=_ID)
    options: Sequence[Option] = field(metadata=meta(Many(Option, unique_ids=True)))
    label: str = field(default="", metadata=_TEXT)
    value: Sequence[str] | None = field(default=None, metadata=meta(text_list))
    save_state: SaveState | None = field(default=None, metadata=_SAVE_STATE)
    disabled: bool | None = field(default=None, metadata=_FLAG)

    @classmethod
    def clashes(cls, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        return _unoffered(values)


@part
class List(Component):
    """Rows to read or to click. It has no id: a click comes back with the item's id."""

    type: ClassVar[str] = "list"
    items: Sequence[Item] = field(metadata=meta(Many(Item)))
    disabled: bool | None = field(default=None, metadata=_FLAG)
