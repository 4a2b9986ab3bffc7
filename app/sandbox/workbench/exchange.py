"""One click at the workbench: the request as Intercom would send it, the answer, and what to make of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.sandbox.outgoing import Answer, post
from app.sandbox.signed_bodies import sign, to_bytes
from app.sandbox.workbench import canvas_fields, conversations, people
from app.sandbox.workbench.refusals import Refused
from app.sandbox.workbench.verdict import Verdict, judge
from app.sandbox.workspace import Workspace

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Click:
    """What the page asks for. `component_id` is None for an initialize."""

    conversation_id: str
    contact_id: str
    admin_id: str
    component_id: str | None = None
    input_values: Mapping[str, Any] = field(default_factory=dict)
    current_canvas: Mapping[str, Any] = field(default_factory=dict)
    contact_name: canvas_fields.ContactName = "contact"

    @property
    def kind(self) -> str:
        return "initialize" if self.component_id is None else "submit"


def carry_out(workspace: Workspace, kinbox_url: str, click: Click) -> Json:
    """Send the click to Kinbox and report everything. Raises Refused for what the sandbox does not know."""
    fields = _fields(workspace, click)
    body = to_bytes(fields)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "application/json",
        "User-Agent": "kinbox-workbench",
        "X-Body-Signature": sign(body, workspace.client_secret),
    }
    url = f"{kinbox_url.rstrip('/')}/canvas/{click.kind}"
    before = _last_number(workspace)
    answer = post(url, body, headers)
    calls = [call for call in workspace.calls if call["number"] > before]
    verdict = judge(answer, first=click.kind == "initialize")
    return _report(url, headers, fields, answer, verdict) | {"calls": calls[::-1]}


def _fields(workspace: Workspace, click: Click) -> Json:
    conversation = conversations.get(workspace, click.conversation_id)
    fields = canvas_fields.request_fields(
        workspace_id=workspace.app_id,
        region=workspace.region,
        admin=_admin(workspace, click.admin_id),
        conversation=conversation,
        contact=_contact(workspace, click, conversations.contact_ids(conversation)),
        contact_name=click.contact_name,
    )
    if click.component_id is None:
        return fields
    return fields | canvas_fields.click_fields(click.component_id, click.input_values, click.current_canvas)


def _admin(workspace: Workspace, admin_id: str) -> Json:
    for admin in workspace.admins():
        if str(admin["id"]) == admin_id:
            return {name: value for name, value in admin.items() if not name.startswith("_")}
    raise Refused(404, "That teammate is not in this workspace. Reload the page.")


def _contact(workspace: Workspace, click: Click, now_in_it: list[str]) -> Json:
    """The contact to send.

    A submit comes from a panel that may be out of date, so it carries the contact that the panel shows. An
    initialize is made for whom the conversation belongs to now, which a merge may have changed.
    """
    if click.component_id is not None:
        contact = people.last_known(workspace, click.contact_id)
    else:
        ids = (click.contact_id, *now_in_it)
        contact = next((found for each in ids if (found := people.served(workspace, each))), None)
    if contact is None:
        raise Refused(409, "Intercom no longer serves this contact, so it asks no app about it.")
    return contact


def _last_number(workspace: Workspace) -> int:
    return max((call["number"] for call in workspace.calls), default=0)


def _report(url: str, headers: Mapping[str, str], fields: Json, answer: Answer, verdict: Verdict) -> Json:
    body = answer.json()
    shown = answer.body.decode(errors="replace") if body is None else body
    response = {
        "status": answer.status,
        "headers": dict(answer.headers),
        "body": shown,
        "ms": answer.ms,
        "size_bytes": len(answer.body),
    }
    return {
        "request": {"url": url, "headers": dict(headers), "body": fields},
        "response": response,
        "canvas": verdict.canvas,
        "problem": verdict.problem,
        "faults": [fault.to_dict() for fault in verdict.faults],
        "first_canvas_faults": [fault.to_dict() for fault in verdict.first_canvas_faults],
    }
