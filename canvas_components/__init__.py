"""Intercom Canvas Kit: components that cannot be built wrong, a validator for foreign JSON, and safe texts.

Standard library only. See the README beside this file.
"""

from __future__ import annotations

from canvas_components.actions import SUBMIT, SheetAction, SubmitAction, UrlAction
from canvas_components.base import Action, Component, ComponentError
from canvas_components.canvas import Canvas, initialize_response, submit_response
from canvas_components.dates import canvas_date, canvas_datetime, canvas_time
from canvas_components.faults import Fault
from canvas_components.height import (
    BASE_HEIGHT_PX,
    buttons_height_px,
    estimate_height_px,
    table_height_px,
    text_height_px,
)
from canvas_components.inbox import MAX_FIRST_HEIGHT_PX, first_canvas_faults
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
from canvas_components.limits import MAX_BYTES, Place
from canvas_components.options import FieldValue, Item, Option
from canvas_components.presentation import DataTable, Divider, Image, Spacer, Text, TextStyle
from canvas_components.text import bold, link, plain
from canvas_components.validator import faults

__all__ = [
    "BASE_HEIGHT_PX",
    "MAX_BYTES",
    "MAX_FIRST_HEIGHT_PX",
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
    "Fault",
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
    "buttons_height_px",
    "canvas_date",
    "canvas_datetime",
    "canvas_time",
    "estimate_height_px",
    "faults",
    "first_canvas_faults",
    "initialize_response",
    "link",
    "plain",
    "submit_response",
    "table_height_px",
    "text_height_px",
]
