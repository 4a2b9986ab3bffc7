"""The smallest Flask app that verifies Intercom's signature and answers a canvas: always the same one."""

from __future__ import annotations

import hmac
import os

from flask import Flask, Response, request

CANVAS_VARIABLE = "BENCH_CANVAS"
"""The environment variable that gives the canvas, so that it is as long as Kinbox's own."""

_CANVAS = os.environ.get(CANVAS_VARIABLE, "").encode()
_SECRET = os.environ.get("INTERCOM_CLIENT_SECRET", "").encode()

app = Flask(__name__)


@app.post("/canvas/initialize")
def initialize() -> Response:
    good = hmac.digest(_SECRET, request.get_data(), "sha256").hex()
    if not hmac.compare_digest(good, request.headers.get("X-Body-Signature", "")):
        return Response(status=401)
    return Response(_CANVAS, mimetype="application/json")
