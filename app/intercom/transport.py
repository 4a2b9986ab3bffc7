"""Calls to one Intercom workspace: headers, time budget, careful retries, one log line and one count each."""

from __future__ import annotations

import json as jsonlib
import logging
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol
from urllib.parse import quote, urlencode

from app.deadline import Deadline
from app.domain.pacing import Rate
from app.intercom.errors import (
    Disconnected,
    Facts,
    IntercomError,
    NotServed,
    RateLimited,
    Refused,
    TimedOut,
    Unavailable,
    Unreadable,
)
from app.intercom.refusals import read_facts, read_rate, refusal
from app.wire import Incoming, Lost, Outgoing, exchange

API_VERSION = "2.16"
USER_AGENT = "kinbox/0.1.0"
CALL_TIMEOUT_S = 10.0
"""For a call that has no deadline, all its tries together."""

READS_BY_POST = frozenset({"/contacts/search", "/conversations/search"})
PAUSES_S = (0.2, 0.6)
"""Before the second and the third try. There is no fourth."""

LEAST_TRY_S = 0.2
"""A try with less time than this would only fail again."""

_TOKEN = re.compile(r"[\x21-\x7e]+")
_log = logging.getLogger("kinbox.intercom")

OnCall = Callable[[str, str, int | None, float], None]


@dataclass(frozen=True)
class Answer:
    """A 2xx answer whose body is a JSON object."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    json: Mapping[str, Any] = field(repr=False)

    @property
    def facts(self) -> Facts:
        return read_facts(self.status, self.headers, self.json)


@dataclass(frozen=True)
class _Call:
    method: str
    path: str
    outgoing: Outgoing = field(repr=False)

    @property
    def write(self) -> bool:
        return self.method != "GET" and self.path not in READS_BY_POST


class Pace(Protocol):
    """Holds back work that has time. `wait` returns when a call may be made, `answered` is told of every try."""

    def wait(self) -> None: ...

    def answered(self, rate: Rate | None) -> None: ...


class Transport:
    """Speaks to `base_url` with `token`, or without any where that is None. Holds no connection: those are pooled."""

    on_call: ClassVar[OnCall | None] = None
    """Told of every try: method, path template, status (None without an answer), seconds it took."""

    def __init__(
        self, base_url: str, token: str | None, *, call_timeout_s: float = CALL_TIMEOUT_S, pace: Pace | None = None
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._token = None if token is None else token.strip()
        self._call_timeout_s = call_timeout_s
        self._pace = pace

    def __repr__(self) -> str:
        return f"Transport({self._base_url!r})"

    def call(
        self,
        method: str,
        path: str,
        *,
        ids: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
        deadline: Deadline | None = None,
    ) -> Answer:
        """Call Intercom and return its answer, or raise the IntercomError named for what went wrong.

        `path` is a template (`/contacts/{contact_id}`) filled from `ids`; only the template is ever logged.
        Ends within the deadline (10 s without one), retries and waits included. Reads are tried three times
        at most; a write goes out again only when surely nothing of it was sent. The wait for its turn by the pace
        comes before, and is in no time budget.
        """
        call = self._prepare(method, path, ids or {}, params, json)
        if self._pace is not None:
            self._pace.wait()
        deadline = deadline or Deadline.after(self._call_timeout_s)
        for pause_s in PAUSES_S:
            try:
                return self._try(call, deadline)
            except (RateLimited, Unavailable) as error:
                if self._pace is not None and isinstance(error, RateLimited):
                    raise  # who keeps a pace has time, and waits where it can be told to end
                wait_s = _wait_s(error, pause_s, write=call.write)
                if wait_s is None or wait_s + LEAST_TRY_S > deadline.remaining_s():
                    raise
            time.sleep(wait_s)
        return self._try(call, deadline)

    def _prepare(
        self,
        method: str,
        path: str,
        ids: Mapping[str, str],
        params: Mapping[str, str] | None,
        json: Mapping[str, Any] | None,
    ) -> _Call:
        if self._token is not None and not _TOKEN.fullmatch(self._token):
            raise Disconnected
        url = self._base_url + _fill(path, ids) + (f"?{urlencode(params)}" if params else "")
        headers = {
            "Accept": "application/json",
            "Intercom-Version": API_VERSION,
            "User-Agent": USER_AGENT,
        }
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        body = None
        if json is not None:
            headers["Content-Type"] = "application/json"
            body = jsonlib.dumps(json, allow_nan=False).encode()
        return _Call(method, path, Outgoing(method, url, headers, body))

    def _try(self, call: _Call, deadline: Deadline) -> Answer:
        limit_s = min(self._call_timeout_s, deadline.remaining_s())
        if limit_s <= 0:
            raise TimedOut(sent=False, write=call.write)
        started_s = time.monotonic()
        got = exchange(call.outgoing, limit_s)
        if self._pace is not None:
            self._pace.answered(None if isinstance(got, Lost) else read_rate(got.headers))
        result = _read(call, got)
        _tell(call, result, time.monotonic() - started_s)
        if isinstance(result, IntercomError):
            raise result
        return result


def _read(call: _Call, got: Incoming | Lost) -> Answer | IntercomError:
    if isinstance(got, Lost):
        return _lost(got, write=call.write)
    body = _parse(got.body)
    if not 200 <= got.status < 300:
        return refusal(got.status, got.headers, body, path=call.path, write=call.write, now=datetime.now(UTC))
    if not isinstance(body, dict):
        return Unreadable(read_facts(got.status, got.headers, None), write=call.write)
    return Answer(got.status, got.headers, body)


def _lost(lost: Lost, *, write: bool) -> IntercomError:
    if lost.why == "timeout":
        return TimedOut(sent=lost.sent, write=write)
    if lost.why in {"unreadable", "too_big"}:
        return Unreadable(write=write)
    return Unavailable(sent=lost.sent, write=write)


def _parse(body: bytes) -> object:
    try:
        return jsonlib.loads(body)
    except (ValueError, RecursionError):
        return None


def _wait_s(error: RateLimited | Unavailable, pause_s: float, *, write: bool) -> float | None:
    """Seconds until the next try, or None when there must not be one."""
    spread = random.uniform(0, 0.25)  # noqa: S311  keeps callers apart, hides nothing
    if isinstance(error, RateLimited):
        left_s = (error.reset_at - datetime.now(UTC)).total_seconds()
        return None if write else max(0.0, left_s) + spread
    if write and error.sent:
        return None
    return pause_s * (1 + spread)


def _tell(call: _Call, result: Answer | IntercomError, took_s: float) -> None:
    facts = result.facts
    told = {
        "method": call.method,
        "path": call.path,
        "status": facts.status,
        "ms": round(took_s * 1000),
        "request_id": facts.request_id,
    }
    _log.info("called Intercom", extra=told)
    if Transport.on_call is not None:
        Transport.on_call(call.method, call.path, facts.status, took_s)


def _fill(path: str, ids: Mapping[str, str]) -> str:
    """Put ids into a path template, quoted whole.

    An id that cannot stand in a path (empty, `.`, `..`, half a character) is one that Intercom cannot know.
    """
    try:
        quoted = {name: quote(value, safe="") for name, value in ids.items()}
    except UnicodeEncodeError:
        quoted = dict.fromkeys(ids, "")
    if any(value in {"", ".", ".."} for value in quoted.values()):
        raise NotServed if path.startswith("/contacts/") else Refused
    return path.format(**quoted)
