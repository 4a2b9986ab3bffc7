"""Webhooks for the page: what was delivered, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify

from app.sandbox.problems import ApiError
from app.sandbox.webhooks.hazards import KINDS
from app.sandbox.webhooks.sender import Webhooks
from app.sandbox.workbench.asked import json_object
from app.sandbox.workbench.refusals import Refused
from app.sandbox.workspace import Workspace

Json = dict[str, Any]

_WORDS = {
    "doubled": ("Doubled", "Each notification is sent twice, with the same id."),
    "late": ("Late", "They come so much later; what happens meanwhile overtakes them."),
    "out_of_order": ("Out of order", "They are gathered for two seconds and sent the newest first."),
    "lost": ("Lost", "They are never sent. Kinbox has to find out by itself."),
    "without_merged_from": ("Without merged_from", "A merge does not say who was merged away."),
}


def add_notifying(api: Blueprint, here: Callable[[], Workspace]) -> None:
    @api.get("/webhooks")
    def show_webhooks() -> Response:
        workspace = here()
        sender = workspace.webhooks
        mine = [one for one in sender.deliveries() if one["app_id"] == workspace.app_id]
        return jsonify(url=sender.url, told_to_stop=sender.told_to_stop, deliveries=mine)

    @api.post("/webhooks/ping")
    def ping_webhook() -> Response:
        json_object()
        here().ping()
        return show_webhooks()

    @api.get("/webhooks/faults")
    def webhook_faults() -> Response:
        return jsonify(faults=switches(here().webhooks))

    @api.put("/webhooks/faults")
    def turn_webhook_fault() -> Response:
        turn(here().webhooks, json_object())
        return webhook_faults()


def switches(sender: Webhooks) -> list[Json]:
    """Every fault of webhooks with its present state. They are the app's, so the same in all workspaces."""
    hazards = sender.hazards
    return [
        {
            "id": kind,
            "title": _WORDS[kind][0],
            "words": _WORDS[kind][1],
            "on": getattr(hazards, kind),
            "value": hazards.late_s if kind == "late" else None,
        }
        for kind in KINDS
    ]


def turn(sender: Webhooks, asked: Json) -> None:
    """Turn one of them on or off. Raises Refused 404 or 400."""
    kind = asked.get("id")
    if kind not in KINDS:
        raise Refused(404, "There is no such fault.")
    values = {str(kind): asked.get("on") is True, "count": None}
    if kind == "late" and "value" in asked:
        values["late_s"] = asked["value"]
    try:
        sender.hazards = sender.hazards.changed(values)
    except ApiError:
        raise Refused(400, "Give a number of seconds.") from None
