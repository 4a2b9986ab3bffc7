"""Calls that hold one flat set of named values: in the query, in a form, or in a JSON object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from app.channels.base import Parsed, Poison, RawCall, UnreadableBody
from app.channels.reading import json_object, pairs, storable
from app.domain.message import InboundMessage

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"
_MAX_PARTS = 1000


def media_type(call: RawCall) -> str:
    """The content type without its options, in lower case; empty when there is none."""
    return call.header("content-type").partition(";")[0].strip().lower()


def fields(call: RawCall) -> Mapping[str, Any]:
    """The named values: of the query for a GET, else of the body alone. Raises UnreadableBody.

    Where the content type names none of the three, a body that begins with a brace is JSON and others are forms.
    """
    if call.method == "GET":
        return pairs(call.query)
    if media_type(call) == MULTIPART:
        return _multipart(call)
    return pairs(call.body) if is_form(call) else json_object(call.body)


def is_form(call: RawCall) -> bool:
    """Whether the body is urlencoded pairs; never that of a GET."""
    named = media_type(call)
    unnamed = named not in {JSON, MULTIPART} and call.body.lstrip()[:1] != b"{"
    return call.method != "GET" and (named == FORM or unnamed)


def _multipart(call: RawCall) -> Mapping[str, Any]:
    boundary = parse_options_header(call.header("content-type"))[1].get("boundary", "")
    parser = MultiPartParser(stream_factory=lambda *_, **__: BytesIO(), max_form_parts=_MAX_PARTS)
    try:
        form, _ = parser.parse(BytesIO(call.body), boundary.encode("latin-1"), len(call.body))
    except (ValueError, HTTPException) as error:
        raise UnreadableBody("the body is not multipart/form-data") from error
    return {name: values[-1] for name, values in form.lists()}


def raw_text(call: RawCall) -> str:
    """What the call brought, as text, for an operator."""
    return storable(call.query if call.method == "GET" else call.body.decode("utf-8", "replace"))


def one_message(call: RawCall, event_id: str | None, read: Callable[[], InboundMessage]) -> Parsed:
    """What `read` makes of a call that holds one message; a KeyError of it names what is missing."""
    try:
        return Parsed(messages=(read(),))
    except KeyError as missing:
        reason = f"it has no {missing.args[0]}"
        return Parsed(poison=(Poison(event_id=event_id or "", reason=reason, raw=raw_text(call)),))
