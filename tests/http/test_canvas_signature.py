"""P5: nothing is parsed, read or written before the signature holds over the raw bytes; a bad one learns nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from io import RawIOBase
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from app import MAX_BODY_BYTES
from app.http.signature import BadSignature, check_body_signature
from app.sandbox.server import serve as serve_http
from tests.conftest import CLIENT_SECRET, MakeApp
from tests.sidebar_driver import checked, sign

ROUTES = ("/canvas/initialize", "/canvas/submit")

VECTOR_KEY = "canvas-test-secret-0001"
VECTOR_BODY = (
    rb'{"workspace_id":"wk7test1","component_id":"merge_submit","conversation":{"id":"900100","source":{"body":'
    rb'"\u003cp\u003eCaf' + "é".encode() + rb' \u0026 tea\u003c/p\u003e"}},'
    rb'"contact":{"id":"aaaabbbbccccddddeeee0001","role":"lead"}}'
)
VECTOR_SIGNATURE = "bc817d3276704084ca7870975924b2a08ab444f79c6b9ac213547ff0d3cb7290"
"""Computed apart from this code, over exactly these 210 bytes."""

CALL = json.dumps(
    {
        "workspace_id": "wk7test1",
        "admin": {"id": "4410021", "name": "Rosa Teammate"},
        "contact": {"id": "aaaabbbbccccddddeeee0001", "role": "lead"},
    }
).encode()
GOOD = sign(CALL, CLIENT_SECRET)
SHA1 = hmac.new(CLIENT_SECRET.encode(), CALL, hashlib.sha1).hexdigest()

BAD_SIGNATURES = {
    "missing": None,
    "empty": "",
    "blank": "   ",
    "another secret's": sign(CALL, "another-secret"),
    "another body's": sign(CALL + b" ", CLIENT_SECRET),
    "one digit off": GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"),
    "too short": GOOD[:-1],
    "too long": GOOD + "0",
    "doubled": GOOD * 2,
    "with a prefix": f"sha256={GOOD}",
    "of SHA-1": SHA1,
    "of SHA-1 with a prefix": f"sha1={SHA1}",
    "not hexadecimal": "g" * 64,
    "full-width digits": "\uff10".encode().decode("latin-1") * 64,
    "non-ASCII": "\xff",
    "non-ASCII of the right length": "\xff" * 64,
    "sent twice": f"{GOOD},{GOOD}",
    "good, then bad": f"{GOOD}, {'0' * 64}",
    "with a blank inside": f"{GOOD[:32]} {GOOD[32:]}",
    "with a line break": f"{GOOD}\n",
    "in base64 of the right length": "A" * 63 + "=",
}


def post(app: Flask, route: str, body: bytes, signature: str | None, **more: Any) -> TestResponse:
    """Headers go in as a server hands them over: bytes read as Latin-1."""
    environ = {} if signature is None else {"HTTP_X_BODY_SIGNATURE": signature}
    return app.test_client().post(
        route, data=body, content_type="application/json", environ_overrides=environ | more.pop("environ", {}), **more
    )


def test_the_vector_is_the_one_that_was_computed_apart() -> None:
    assert len(VECTOR_BODY) == 210
    check_body_signature(VECTOR_BODY, VECTOR_SIGNATURE, [VECTOR_KEY])


@pytest.mark.parametrize(
    "dumped",
    [
        json.dumps(json.loads(VECTOR_BODY)).encode(),
        json.dumps(json.loads(VECTOR_BODY), ensure_ascii=False, separators=(",", ":")).encode(),
        VECTOR_BODY + b"\n",
        b"\xef\xbb\xbf" + VECTOR_BODY,
        VECTOR_BODY.replace(b"\\u003c", b"\\u003C"),
        b"",
    ],
)
def test_the_same_json_in_other_bytes_is_refused(dumped: bytes) -> None:
    with pytest.raises(BadSignature):
        check_body_signature(dumped, VECTOR_SIGNATURE, [VECTOR_KEY])


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("signature", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES.keys())
def test_a_bad_signature_gets_an_empty_401(app: Flask, route: str, signature: str | None) -> None:
    answer = post(app, route, CALL, signature)
    assert (answer.status_code, answer.data) == (401, b"")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "spelt", [GOOD, GOOD.upper(), f"  {GOOD}\t"], ids=["lower case", "upper case", "blanks around"]
)
def test_a_good_signature_gets_a_canvas(app: Flask, route: str, spelt: str) -> None:
    answer = post(app, route, CALL, spelt)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    checked(answer.data, first=route == "/canvas/initialize")


def test_every_secret_counts_while_one_is_rotated(make_app: MakeApp) -> None:
    app = make_app(INTERCOM_CLIENT_SECRET="new-client-secret, old-client-secret")
    statuses = {
        secret: post(app, ROUTES[0], CALL, sign(CALL, secret)).status_code
        for secret in ("new-client-secret", "old-client-secret", "older-client-secret", "")
    }
    assert list(statuses.values()) == [200, 200, 401, 401]


def test_a_secret_is_a_text_and_may_hold_any_character() -> None:
    secret = "gehäimnis-🔑"
    check_body_signature(CALL, sign(CALL, secret), [secret])


def test_without_any_secret_nothing_is_let_in() -> None:
    with pytest.raises(BadSignature):
        check_body_signature(CALL, sign(CALL, ""), [])


@pytest.mark.parametrize("route", ROUTES)
def test_an_empty_body_needs_its_signature_too(app: Flask, route: str) -> None:
    assert post(app, route, b"", None).status_code == 401
    signed = post(app, route, b"", sign(b"", CLIENT_SECRET))
    assert signed.status_code == 200
    assert "cannot read" in json.dumps(checked(signed.data, first=True))


@pytest.mark.parametrize("route", ROUTES)
def test_a_body_of_five_megabytes_is_read(app: Flask, route: str) -> None:
    """The whole conversation is in the body, and Intercom names no limit."""
    head, tail = CALL[:-1] + b', "conversation": {"id": "1", "source": {"body": "', b'"}}}'
    body = head.ljust(MAX_BODY_BYTES - len(tail), b"x") + tail
    assert len(body) == MAX_BODY_BYTES
    answer = post(app, route, body, sign(body, CLIENT_SECRET))
    assert answer.status_code == 200
    assert "not connected to this Intercom workspace" in json.dumps(checked(answer.data, first=True))


class Unread(RawIOBase):
    """A body that nobody may read."""

    def readable(self) -> bool:
        return True

    def readinto(self, _: Any) -> int:
        raise AssertionError("the body was read")


@pytest.mark.parametrize("route", ROUTES)
def test_a_larger_body_is_refused_unread(app: Flask, route: str) -> None:
    too_long = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(MAX_BODY_BYTES + 1)}
    answer = post(app, route, b"", GOOD, environ=too_long)
    assert (answer.status_code, answer.data) == (413, b"")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD"])
@pytest.mark.parametrize("route", ROUTES)
def test_other_methods_are_not_allowed(app: Flask, route: str, method: str) -> None:
    answer = app.test_client().open(route, method=method, headers={"X-Body-Signature": GOOD})
    assert answer.status_code == 405


class Touched(BaseException):
    """Something was done that must wait for the signature. Nothing catches it."""


@pytest.fixture
def untouchable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever parses JSON or speaks with the database fails."""

    def refuse(*_: Any, **__: Any) -> None:
        raise Touched

    monkeypatch.setattr(json, "loads", refuse)
    monkeypatch.setattr(json.JSONDecoder, "decode", refuse)
    moments = ("begin", "before_cursor_execute")
    for moment in moments:
        event.listen(Engine, moment, refuse)
    yield
    for moment in moments:
        event.remove(Engine, moment, refuse)


@pytest.mark.usefixtures("untouchable")
@pytest.mark.parametrize("route", ROUTES)
def test_nothing_is_parsed_or_asked_of_the_database_before_the_signature_holds(app: Flask, route: str) -> None:
    for signature in BAD_SIGNATURES.values():
        assert post(app, route, CALL, signature).status_code == 401
    with pytest.raises(Touched):
        post(app, route, CALL, GOOD)


@pytest.mark.usefixtures("untouchable")
def test_what_proves_that_the_database_is_not_asked_can_tell(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with pytest.raises(Touched):
        post(app, ROUTES[0], CALL, GOOD)


def test_a_bad_signature_is_logged_without_a_trace_of_what_was_sent(
    app: Flask, log_lines: list[dict[str, Any]]
) -> None:
    post(app, ROUTES[0], CALL, SHA1)
    [line] = log_lines
    assert (line["route"], line["status"]) == (ROUTES[0], 401)
    told = json.dumps(log_lines)
    assert SHA1 not in told
    assert "aaaabbbbccccddddeeee0001" not in told


@pytest.fixture
def address(app: Flask) -> Iterator[tuple[str, int]]:
    """Kinbox behind a real socket."""
    server = serve_http(app)
    parts = urlsplit(server.url)
    yield str(parts.hostname), int(parts.port or 0)
    server.stop()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"X-Body-Signature: " + GOOD.encode(), b"200"),
        (b"x-body-signature:\t " + GOOD.encode() + b"  ", b"200"),
        (b"X-Body-Signature: \xff", b"401"),
        (b"X-Body-Signature: " + b"\xff" * 64, b"401"),
        (b"X-Body-Signature:", b"401"),
        (b"X-Body-Signature: " + GOOD.encode() + b"\r\nX-Body-Signature: " + GOOD.encode(), b"401"),
        (b"X-Body-Signature: " + b"0" * 64 + b"\r\nX-Body-Signature: " + GOOD.encode(), b"401"),
        (b"X_Body_Signature: " + GOOD.encode(), b"401"),
    ],
)
def test_headers_as_they_come_over_a_socket(address: tuple[str, int], headers: bytes, status: bytes) -> None:
    length = b"Content-Length: %d" % len(CALL)
    assert status_of(address, b"\r\n".join([headers, length]), CALL) == status


def test_a_body_without_an_announced_end_is_read_to_the_limit_only(address: tuple[str, int]) -> None:
    chunk = b"%x\r\n" % (1024 * 1024) + b"x" * (1024 * 1024) + b"\r\n"
    whole = b"x" * (6 * 1024 * 1024)
    headers = b"Transfer-Encoding: chunked\r\nX-Body-Signature: " + sign(whole, CLIENT_SECRET).encode()
    assert status_of(address, headers, chunk * 6 + b"0\r\n\r\n") in {b"401", b"413"}


def status_of(address: tuple[str, int], headers: bytes, body: bytes) -> bytes:
    with socket.create_connection(address, timeout=10) as connection:
        head = b"POST /canvas/initialize HTTP/1.1\r\nHost: kinbox.example\r\nConnection: close\r\n"
        connection.sendall(head + headers + b"\r\n\r\n" + body)
        return connection.recv(1024).split()[1]
