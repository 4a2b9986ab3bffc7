"""GETs for a channel's plan: only https, only the plan's hosts, bounded in size, time and redirects."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.channels.base import Fetch, MediaPlan, ProfilePlan
from app.deadline import Deadline
from app.fetching.addresses import Addresses
from app.fetching.names import ANY_TYPE, safe_name, told_type
from app.fetching.refused import Reason, Refused
from app.wire import Incoming, Lost, Outgoing, exchange

MAX_MEDIA_BYTES = 20 * 1024 * 1024
"""Largest attachment. Source: Intercom's help, attachments of an admin's reply."""
MAX_JSON_BYTES = 1024 * 1024
MAX_REDIRECTS = 3
FETCH_TIMEOUT_S = 30.0
"""For one plan, redirects included, also where the deadline is later."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OWN_HEADERS = {"User-Agent": "kinbox/0.1.0", "Accept": "*/*", "Accept-Encoding": "identity"}
_LOST: Mapping[str, Reason] = {
    "timeout": "timeout",
    "network": "unavailable",
    "unreadable": "unreadable",
    "too_big": "too_big",
}
_STATUSES: Mapping[int, Reason] = {
    404: "expired",
    410: "expired",
    408: "unavailable",
    425: "unavailable",
    429: "unavailable",
}
_log = logging.getLogger("kinbox.fetching")


@dataclass(frozen=True)
class Fetched:
    """A file. `name` is safe to use and has an extension where one is known; `content_type` has no parameters."""

    content: bytes = field(repr=False)
    content_type: str
    name: str = field(repr=False)


def fetch(
    plan: MediaPlan,
    *,
    name: str | None = None,
    provider_url: str | None = None,
    deadline: Deadline,
    max_bytes: int = MAX_MEDIA_BYTES,
) -> Fetched:
    """Execute a plan. `name` is what the customer called the file. Raises Refused."""
    limits = _Limits(provider_url, _earlier(deadline, FETCH_TIMEOUT_S), max_bytes)
    last = plan.first if plan.then is None else _second(plan.first, plan.then, limits)
    answer = _get(last, limits)
    content_type = told_type(_content_type(answer.headers), answer.body)
    return Fetched(answer.body, content_type, safe_name(name, content_type, answer.body))


def fetch_name(plan: ProfilePlan, *, provider_url: str | None = None, deadline: Deadline) -> str | None:
    """Ask for a sender's name; None when the provider has none. Raises Refused."""
    limits = _Limits(provider_url, _earlier(deadline, FETCH_TIMEOUT_S), MAX_JSON_BYTES)
    read = _json(_get(plan.fetch, limits))
    try:
        return plan.name(read)
    except (LookupError, TypeError, ValueError, AttributeError):
        raise Refused("unreadable") from None


@dataclass(frozen=True)
class _Limits:
    stand_in: str | None
    deadline: Deadline
    max_bytes: int


def _get(wanted: Fetch, limits: _Limits) -> Incoming:
    """The answer with the content, after redirects. The plan's headers go to its own address only."""
    addresses = Addresses(wanted.hosts, limits.stand_in)
    own = addresses.checked(wanted.url)
    headers = {**_OWN_HEADERS, **wanted.headers}
    for _ in range(MAX_REDIRECTS + 1):
        answer = _exchange(Outgoing("GET", addresses.called(own), headers, max_bytes=limits.max_bytes), limits, own)
        if answer.status not in _REDIRECTS:
            return _successful(answer)
        own = addresses.next_after(own, answer.headers.get("Location", ""))
        headers = _OWN_HEADERS
    raise Refused("unreadable")


def _exchange(outgoing: Outgoing, limits: _Limits, own: str) -> Incoming:
    began_s = time.monotonic()
    left_s = limits.deadline.remaining_s()
    got = exchange(outgoing, left_s) if left_s > 0 else Lost("timeout", sent=False)
    told = {
        "host": own.removeprefix("https://").partition("/")[0].partition("?")[0],
        "status": got.status if isinstance(got, Incoming) else got.why,
        "ms": round((time.monotonic() - began_s) * 1000),
    }
    _log.info("fetched from a provider", extra=told)
    if isinstance(got, Lost):
        raise Refused(_LOST[got.why])
    return got


def _successful(answer: Incoming) -> Incoming:
    if 200 <= answer.status < 300:
        return answer
    if answer.status >= 500:
        raise Refused("unavailable")
    raise Refused(_STATUSES.get(answer.status, "forbidden" if answer.status >= 400 else "unreadable"))


def _second(first: Fetch, then: Callable[[Any], Fetch], limits: _Limits) -> Fetch:
    read = _json(_get(first, replace(limits, max_bytes=MAX_JSON_BYTES)))
    try:
        return then(read)
    except (LookupError, TypeError, ValueError, AttributeError):
        raise Refused("unreadable") from None


def _json(answer: Incoming) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise Refused("unreadable") from None


def _content_type(headers: Mapping[str, str]) -> str:
    told = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return told if told.isascii() and told.isprintable() and told.count("/") == 1 else ANY_TYPE


def _earlier(deadline: Deadline, seconds: float) -> Deadline:
    return deadline if deadline.remaining_s() < seconds else Deadline.after(seconds)
