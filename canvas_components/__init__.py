"""Intercom Canvas Kit: components that cannot be built wrong, a validator for foreign JSON, and safe texts.

Standard library only. See the README beside this file.
"""

from __future__ import annotations

from canvas_components.actions import SUBMIT, SheetAction, SubmitAction, UrlAction
from canvas_components.base import Action, Component, ComponentError
from canvas_components.canvas import MAX_BYTES, Canvas, Place, initialize_response, submit_response
from canvas_components.dates import canvas_date, canvas_datetime, canvas_time
from canvas_components.interactive import (
    Button,
    ButtonStyle,
    Checkbox,
    Dropdown,
    Input,
    List,
    SaveState,
    SingleSelect,
    Textarea,
)
from canvas_components.options import FieldValue, Item, Option
from canvas_components.presentation import DataTable, Divider, Image, Spacer, Text, TextStyle
from canvas_components.text import bold, link, plain

__all__ = [
    "MAX_BYTES",
    "SUBMIT",
    "Action",
    "Button",
    "ButtonStyle",
    "Canvas",
    "Checkbox",
    "Component",
    "ComponentError",
    "DataTable",
    "Divider",
    "Dropdown",
    "FieldValue",
    "Image",
    "Input",
    "Item",
    "List",
    "Option",
    "Place",
    "SaveState",
    "SheetAction",
    "SingleSelect",
    "Spacer",
    "SubmitAction",
    "Text",
    "TextStyle",
    "Textarea",
    "UrlAction",
    "bold",
    "canvas_date",
    "canvas_datetime",
    "canvas_time",
    "initialize_response",
    "link",
    "plain",
    "submit_response",
]
