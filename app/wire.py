"""One HTTP exchange with a hard time limit.

The limits of `requests` start anew with every byte and do not cover DNS, so an exchange runs on a thread of
its own and its caller waits no longer than it may. A caller that gives up cuts the exchange off: from then on
nothing is sent any more, and a socket that is still open is shut.
"""

from __future__ import annotations

import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

MAX_EXCHANGES = 32
"""Exchanges of one process that run at a time; more wait for their turn, within their own limit."""

MAX_ANSWER_BYTES = 8 * 1024 * 1024
"""Largest body read where nothing else is said, after decompression. A page of 150 contacts is well below 1 MB."""

CONNECT_TIMEOUT_S = 5.0

# urllib3's own log lines hold whole paths, and an external id in a path is often an email address.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Outgoing:
    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    max_bytes: int = MAX_ANSWER_BYTES
    """Largest answer that is read. It is given up as soon as it is known to be larger."""


@dataclass(frozen=True)
class Incoming:
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Lost:
    """No answer. `sent` is False only when surely nothing left this process."""

    why: Literal["timeout", "network", "unreadable", "too_big"]
    sent: bool


def exchange(outgoing: Outgoing, limit_s: float) -> Incoming | Lost:
    """Send and receive within `limit_s` seconds, whatever the other side does. A dead network is `Lost`."""
    ends_at_s = time.monotonic() + limit_s
    process = _process
    if not process.slots.acquire(timeout=max(0.0, limit_s)):
        return Lost("timeout", sent=False)
    run = _Run(outgoing, max(0.001, ends_at_s - time.monotonic()), process)
    try:
        threading.Thread(target=run, name="http-call", daemon=True).start()
    except RuntimeError:
        process.slots.release()
        return Lost("network", sent=False)
    if not run.ended.wait(max(0.0, ends_at_s - time.monotonic())):
        return run.cut_off()
    if run.bug is not None:
        raise run.bug
    return run.outcome


class _Run:
    """One exchange on its thread. `stage` says how far it got; the process's lock guards it."""

    def __init__(self, outgoing: Outgoing, limit_s: float, process: _Process) -> None:
        self.ended = threading.Event()
        self.outcome: Incoming | Lost = Lost("network", sent=True)
        self.bug: BaseException | None = None
        self.stage: Literal["started", "connecting", "sent", "cut"] = "started"
        self.connection: _Watched | None = None
        self._outgoing = outgoing
        self._limit_s = limit_s
        self._process = process

    def __call__(self) -> None:
        _current.run = self
        try:
            self.outcome = self._exchange()
        except Exception as bug:  # noqa: BLE001  raised again on the caller's thread
            self.bug = bug
        finally:
            self._process.slots.release()
            self.ended.set()

    def cut_off(self) -> Lost:
        """Give up from the caller's thread: send nothing more, wake whoever still reads."""
        with self._process.lock:
            unsent = self.stage == "connecting"
            self.stage = "cut"
            if self.connection is not None and self.connection.run is self:
                self.connection.shut()
        return Lost("timeout", sent=not unsent)

    def connecting(self) -> None:
        with self._process.lock:
            self._refuse_when_cut()
            self.stage = "connecting"

    def sending(self, connection: _Watched) -> None:
        with self._process.lock:
            self._refuse_when_cut()
            self.stage = "sent"
            self.connection = connection
            connection.run = self

    def _refuse_when_cut(self) -> None:
        if self.stage == "cut":
            raise ConnectionAbortedError("the caller gave up on this call")

    def _exchange(self) -> Incoming | Lost:
        out = self._outgoing
        timeout = (min(self._limit_s, CONNECT_TIMEOUT_S), self._limit_s)
        session = self._process.session(out.url)
        try:
            with session.request(
                out.method,
                out.url,
                data=out.body,
                headers=dict(out.headers),
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _read(response, out.max_bytes)
                if body is None:
                    return Lost("too_big", sent=True)
                return Incoming(response.status_code, response.headers, body)
        except requests.RequestException as error:
            return _lost(error)


def _read(response: requests.Response, max_bytes: int) -> bytes | None:
    """The body, or None when it is larger than that; what the header announces is only believed if it is too much."""
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced[:20]) > max_bytes:
        return None
    body = bytearray()
    for chunk in response.iter_content(64 * 1024):
        body += chunk
        if len(body) > max_bytes:
            return None
    return bytes(body)


def _lost(error: requests.RequestException) -> Lost:
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return Lost("unreadable", sent=True)
    if isinstance(error, requests.ConnectTimeout):
        return Lost("timeout", sent=False)
    if isinstance(error, requests.Timeout):
        return Lost("timeout", sent=True)
    malformed = isinstance(error, ValueError)
    return Lost("network", sent=not (malformed or _never_connected(error)))


def _never_connected(error: BaseException) -> bool:
    """Refused, unresolved, or a certificate that is not the host's: no request was written."""
    cause: object = error
    for _ in range(5):
        if isinstance(cause, NewConnectionError | ssl.SSLCertVerificationError):
            return True
        inner = getattr(cause, "reason", None)
        cause = inner if isinstance(inner, BaseException) else next(iter(getattr(cause, "args", ())), None)
    return False


class _Watched:
    """What a connection adds so that its exchange can be cut off."""

    run: _Run | None = None
    sock: Any

    def connect(self) -> None:
        _current.run.connecting()
        super().connect()  # type: ignore[misc]  # mixed into urllib3's connections below

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _current.run.sending(self)
        super().send(data)  # type: ignore[misc]  # as above

    def shut(self) -> None:
        """Shut the socket below TLS: safe while another thread reads from it."""
        if self.sock is not None:
            with suppress(OSError, ValueError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class _Http(_Watched, HTTPConnection):
    pass


class _Https(_Watched, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}


class _Process:
    """What belongs to one operating-system process: never shared across a fork."""

    def __init__(self) -> None:
        self.slots = threading.BoundedSemaphore(MAX_EXCHANGES)
        self.lock = threading.Lock()
        self._sessions: dict[str, requests.Session] = {}

    def session(self, url: str) -> requests.Session:
        host = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        with self.lock:
            return self._sessions.get(host) or self._sessions.setdefault(host, _new_session())

    def close(self) -> None:
        with self.lock:
            sessions, self._sessions = list(self._sessions.values()), {}
        for session in sessions:
            session.close()


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nothing is followed here. Or else `requests` would look ahead, and for that read the whole body unbounded."""


def _new_session() -> requests.Session:
    session = _Session()
    session.trust_env = False  # a .netrc entry would replace our credentials, a proxy would read them
    session.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    adapter = _Adapter(pool_maxsize=MAX_EXCHANGES, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def close_connections() -> None:
    """Close what lies idle in the pools; the next call opens anew."""
    _process.close()


def _start_anew() -> None:
    global _process  # noqa: PLW0603  the one place where a child process lets go of its parent's sockets
    _process = _Process()


_current = threading.local()
_process = _Process()
os.register_at_fork(after_in_child=_start_anew)
