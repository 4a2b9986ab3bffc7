"""The parts of the API that are there only beside a running Kinbox: the customer's phone and the worker's queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify

from app.sandbox.workbench.asked import json_object, text
from app.sandbox.workbench.phone import Phone, Writing
from app.sandbox.workbench.refusals import Refused

Queue = Callable[[str], dict[str, Any]]
"""Tells `waiting`, `delayed`, `dead` and the latest `events` of a workspace."""


def add_phone(api: Blueprint, find: Callable[[], Phone | None]) -> None:
    """`find` gives the phone of the workspace that the page is at."""

    def phone() -> Phone:
        found = find()
        if found is None:
            raise Refused(404, "Nobody writes to this workspace from a phone.")
        return found

    @api.get("/phone")
    def show_phone() -> Response:
        return jsonify(phone().to_dict())

    @api.post("/phone/messages")
    def write() -> Response:
        body = json_object()
        writing = Writing(
            channel=text(body, "channel"),
            person_id=text(body, "person_id", optional=True),
            name=text(body, "name", optional=True),
            text=text(body, "text", optional=True),
            picture=body.get("picture") is True,
            forged=body.get("forged") is True,
        )
        return jsonify(sent=phone().write(writing))

    @api.post("/phone/messages/<sent_id>/again")
    def send_again(sent_id: str) -> Response:
        json_object()
        return jsonify(sent=[phone().again(sent_id)])


def add_queue(api: Blueprint, queue: Callable[[], dict[str, Any]]) -> None:
    @api.get("/queue")
    def show_queue() -> Response:
        return jsonify(queue())
