"""The JSON API behind the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from app.sandbox.hub import Hub
from app.sandbox.workbench import conversations, files, people, troubles
from app.sandbox.workbench.acts import add_acts
from app.sandbox.workbench.asked import asked_workspace, json_object, text
from app.sandbox.workbench.canvas_fields import ContactName
from app.sandbox.workbench.exchange import Click, carry_out
from app.sandbox.workbench.installing import add_installing, workspaces
from app.sandbox.workbench.live import Queue, add_phone, add_queue
from app.sandbox.workbench.notifying import add_notifying
from app.sandbox.workbench.phone import Phone
from app.sandbox.workbench.refusals import Refused
from app.sandbox.workspace import Workspace

Json = dict[str, Any]


def create_api(
    hub: Hub, kinbox_url: str, *, phones: Mapping[str, Phone] | None = None, queue: Queue | None = None
) -> Blueprint:
    """The routes under `/workbench/api`. `?workspace=` says which one; the first one where nothing is said."""

    def here() -> Workspace:
        return asked_workspace(hub)

    api = Blueprint("workbench_api", __name__, url_prefix="/workbench/api")
    api.before_request(_refuse_other_sites)
    api.register_error_handler(Refused, _refused)

    @api.get("/workspace")
    def about() -> Response:
        workspace = hub.current = here()
        admins = [{"id": each["id"], "name": each["name"]} for each in workspace.admins()]
        has = {"phone": workspace.app_id in (phones or {}), "queue": queue is not None}
        every = workspaces(hub, kinbox_url)
        return jsonify(app_id=workspace.app_id, region=workspace.region, admins=admins, workspaces=every, **has)

    @api.get("/conversations")
    def list_conversations() -> Response:
        query, state = request.args.get("q", ""), request.args.get("state", "")
        return jsonify(conversations=conversations.find(here(), query, state))

    @api.get("/conversations/<conversation_id>")
    def one_conversation(conversation_id: str) -> Response:
        return jsonify(conversation=conversations.read(here(), conversation_id))

    @api.get("/pictures/<file_id>")
    def picture(file_id: str) -> Response:
        return files.picture(here(), file_id)

    @api.get("/contacts")
    def find_contacts() -> Response:
        return jsonify(contacts=people.find(here(), request.args.get("q", "")))

    @api.get("/contacts/<contact_id>")
    def one_contact(contact_id: str) -> Response:
        return jsonify(contact=people.participant(here(), contact_id, people.owners(here())))

    @api.post("/canvas")
    def canvas() -> Response:
        return jsonify(carry_out(here(), kinbox_url, _click(json_object())))

    @api.get("/calls")
    def calls() -> Response:
        return jsonify(calls=here().calls[::-1])

    @api.get("/faults")
    def faults() -> Response:
        return jsonify(troubles=troubles.switches(here().faults))

    @api.get("/intercom")
    def intercom_now() -> Response:
        return jsonify(troubles.now(here()))

    @api.put("/faults")
    def turn_fault() -> Response:
        troubles.turn(here().faults, json_object())
        return faults()

    add_acts(api, here)
    add_installing(api, hub, here)
    add_notifying(api, here)
    if phones is not None:
        add_phone(api, lambda: phones.get(here().app_id))
    if queue is not None:
        add_queue(api, lambda: queue(here().app_id))
    return api


def _refuse_other_sites() -> None:
    """A browser says which site asks; another one has no business here."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise Refused(403, "The workbench answers its own page only.")


def _refused(refused: Refused) -> ResponseReturnValue:
    return jsonify(error=refused.sentence), refused.status


def _click(body: Mapping[str, Any]) -> Click:
    kind = body.get("kind")
    if kind not in {"initialize", "submit"}:
        raise Refused(400, "kind is initialize or submit.")
    contact_name = body.get("contact_name", "contact")
    if contact_name not in get_args(ContactName):
        raise Refused(400, "contact_name is contact, customer or both.")
    return Click(
        conversation_id=text(body, "conversation_id"),
        contact_id=text(body, "contact_id"),
        admin_id=text(body, "admin_id"),
        component_id=text(body, "component_id") if kind == "submit" else None,
        input_values=_object(body, "input_values"),
        current_canvas=_object(body, "current_canvas"),
        contact_name=cast(ContactName, contact_name),
    )


def _object(body: Mapping[str, Any], name: str) -> Json:
    value = body.get(name, {})
    if not isinstance(value, dict):
        raise Refused(400, f"{name} is an object.")
    return value
