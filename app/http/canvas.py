"""Edge: Intercom's two Canvas Kit requests. Verify the raw bytes, load, act, render.

Once the signature holds the answer is 200 with a canvas, whatever happens: Intercom documents no error answer.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Mapping
from functools import lru_cache

from flask import Blueprint, Response
from marshmallow import ValidationError

from app.deadline import Deadline
from app.domain.answers import Home
from app.http.clicks import Click, answer_click
from app.http.json_body import read_json
from app.http.schemas import CanvasCall, read_call
from app.http.signature import signed_by_intercom
from app.http.state import StateSealer
from app.services import Services
from app.sidebar.home import home_screen
from app.sidebar.refusal import fault_screen
from app.storage.crypto import UnreadableSecret
from app.storage.database import DatabaseUnavailable
from app.usecases.open_desk import find_workspace, open_desk
from app.usecases.show_contact import open_contact
from canvas_components import Canvas

BUDGET_S = 3.5
"""Time for everything behind one click. Intercom's own limit is not documented; a canvas is to be out within 4 s."""

_UNREADABLE = "Intercom sent something that Kinbox cannot read, so nothing was changed. Please try again."
_UNKNOWN_WORKSPACE = (
    "Kinbox is not connected to this Intercom workspace yet. An admin can add it with “workspaces add”."
)
_FAULT = "Something went wrong inside Kinbox. Please try again; what you see next shows how things stand."

_FAULTS: Mapping[type[Exception], str] = {
    DatabaseUnavailable: "Kinbox's database does not answer. Please try again; what you see next shows how things "
    "stand.",
    UnreadableSecret: "Kinbox cannot read its access token for this workspace any more, so nothing was changed. "
    "An admin can connect the workspace again.",
}
"""Faults of which a teammate can be told more."""

_log = logging.getLogger("kinbox.canvas")


def canvas_blueprint(objects: Services) -> Blueprint:
    """The two routes that Intercom calls for the sidebar."""
    blueprint = Blueprint("canvas", __name__, url_prefix="/canvas")
    edge = _Edge(objects)
    signed = signed_by_intercom(objects.settings.client_secrets)

    @blueprint.post("/initialize")
    @signed
    def initialize(body: bytes) -> Response:
        return edge.answer(body, is_click=False)

    @blueprint.post("/submit")
    @signed
    def submit(body: bytes) -> Response:
        return edge.answer(body, is_click=True)

    return blueprint


class _Edge:
    """From a signed body to a canvas."""

    def __init__(self, objects: Services) -> None:
        self._workspaces = objects.workspaces
        self._intercom_url = objects.settings.intercom_api_url
        self._sealer = StateSealer(objects.settings.encryption_keys)

    def answer(self, body: bytes, *, is_click: bool) -> Response:
        deadline = Deadline.after(BUDGET_S)
        try:
            made = self._canvas(body, deadline, is_click=is_click)
        except Exception as error:  # noqa: BLE001 - whatever happens, the teammate gets a canvas
            made = _faulty(_FAULTS.get(type(error), _FAULT), "canvas failed", error)
        return Response(made.to_json_bytes(), mimetype="application/json")

    def _canvas(self, body: bytes, deadline: Deadline, *, is_click: bool) -> Canvas:
        try:
            call = read_call(read_json(body), is_click=is_click)
        except (ValidationError, ValueError, RecursionError) as error:
            return _faulty(_UNREADABLE, "canvas request not readable", error)
        made = self._clicked(call, deadline) if is_click else self._opened(call)
        return made or _faulty(_UNKNOWN_WORKSPACE, "canvas request of an unknown workspace")

    def _opened(self, call: CanvasCall) -> Canvas | None:
        home = open_contact(self._workspaces, call.workspace_id, call.contact, call.teammate)
        return _first_canvas(home) if home else None

    def _clicked(self, call: CanvasCall, deadline: Deadline) -> Canvas | None:
        workspace = find_workspace(self._workspaces, call.workspace_id)
        if workspace is None:
            return None
        desk = open_desk(
            self._workspaces,
            workspace,
            call.teammate,
            conversation_id=call.conversation_id,
            deadline=deadline,
            intercom_url=self._intercom_url,
        )
        screen = answer_click(Click(call, desk, self._sealer.open(call)))
        stored = self._sealer.seal(call, screen.state) if screen.state else {}
        return Canvas(components=screen.components, stored_data=stored)


@lru_cache(maxsize=1024)
def _first_canvas(home: Home) -> Canvas:
    """A page view asks for the same first screen several times: what shows the same is built once."""
    return Canvas(components=home_screen(home).components)


def _faulty(sentence: str, event: str, error: Exception | None = None) -> Canvas:
    """An error canvas whose reference is found in the log. The log gets no message: it may hold personal text."""
    reference = secrets.token_hex(4).upper()
    frames = traceback.extract_tb(error.__traceback__)[-4:] if error else []
    _log.log(
        logging.ERROR if event == "canvas failed" else logging.WARNING,
        event,
        extra={
            "reference": reference,
            "fault": type(error).__name__ if error else None,
            "where": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames],
        },
    )
    return Canvas(components=fault_screen(sentence, reference).components)
