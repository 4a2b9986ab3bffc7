"""One call to Kinbox, over real HTTP, as it went."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Thread
from typing import Any

import requests

TIME_LIMIT_S = 10.0
"""How long the workbench waits. Intercom documents no limit of its own for a canvas."""

MAX_ANSWER_BYTES = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back. `status` is None when nothing complete came; then `failure` says why in a sentence."""

    ms: int = 0
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    failure: str | None = None

    def json(self) -> Any:
        """The JSON in the body, or None when there is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    time_limit_s: float = TIME_LIMIT_S,
    caller: str = "Intercom",
) -> Answer:
    """POST `body`, as `call` does it."""
    return call("POST", url, body, headers, time_limit_s=time_limit_s, caller=caller)


def call(
    method: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    time_limit_s: float = TIME_LIMIT_S,
    caller: str = "Intercom",
) -> Answer:
    """Send `body` once, as `caller` would: no retry, no redirect followed, no proxy of this machine.

    Never raises for a network fault. The limit holds for the whole call, however slowly bytes drip; a call that
    passes it is left to end in its daemon thread.
    """
    started = time.monotonic()
    answers: list[Answer] = []
    too_late = Answer(failure=_too_late(time_limit_s, caller))
    thread = Thread(
        target=lambda: answers.append(_call(method, url, body, headers, time_limit_s) or too_late), daemon=True
    )
    thread.start()
    thread.join(time_limit_s)
    answer = answers[0] if answers else too_late
    return replace(answer, ms=round((time.monotonic() - started) * 1000))


def _call(method: str, url: str, body: bytes, headers: Mapping[str, str], time_limit_s: float) -> Answer | None:
    """None when it took too long."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            with session.request(
                method,
                url,
                data=body,
                headers=dict(headers),
                timeout=time_limit_s,
                allow_redirects=False,
                stream=True,
            ) as response:
                return _read(response)
    except requests.exceptions.Timeout:
        return None
    except requests.exceptions.ConnectionError:
        return Answer(failure=f"No answer came from {url}: the connection failed. Check that Kinbox runs there.")
    except requests.exceptions.RequestException as error:
        return Answer(failure=f"The answer from {url} cannot be read ({type(error).__name__}).")


def _read(response: requests.Response) -> Answer:
    content = bytearray()
    for chunk in response.iter_content(64 * 1024):
        content += chunk
        if len(content) > MAX_ANSWER_BYTES:
            return Answer(failure=f"The answer is larger than {MAX_ANSWER_BYTES // 1024} KB.")
    return Answer(status=response.status_code, headers=dict(response.headers), body=bytes(content))


def _too_late(time_limit_s: float, caller: str) -> str:
    return f"No complete answer came within {time_limit_s:g} seconds. {caller} would have given up by then."
