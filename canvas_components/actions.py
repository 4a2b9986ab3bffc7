"""What a click does. Source: Canvas Kit reference, action components."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from canvas_components.base import Action, part
from canvas_components.rules import https_url, meta, web_url


@part
class SubmitAction(Action):
    """Send all input values of the canvas to the submit URL."""

    type: ClassVar[str] = "submit"


@part
class UrlAction(Action):
    """Open a new tab. The app is not called, and the canvas stays as it is."""

    type: ClassVar[str] = "url"
    url: str = field(metadata=meta(web_url))


@part
class SheetAction(Action):
    """Open an iframe. In the Messenger only: a canvas for the Inbox refuses it."""

    type: ClassVar[str] = "sheet"
    url: str = field(metadata=meta(https_url))


SUBMIT = SubmitAction()
"""The submit action. It has no fields, so one is enough."""
