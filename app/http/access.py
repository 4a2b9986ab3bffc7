"""What every request leaves behind: an id, one log line, and its numbers."""

from __future__ import annotations

import logging
import re
import time
import uuid

from flask import Flask, Response, g, request

from app.logs import request_id
from app.metrics import Metrics

HEADER = "X-Request-Id"
_READABLE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_log = logging.getLogger("kinbox.access")


def watch_requests(app: Flask, metrics: Metrics) -> None:
    """Give every request an id (the proxy's, if it sent one), log it once and count it.

    Logs name the route's rule: a raw path may hold ids, keys and whatever a stranger typed.
    """

    def begin() -> None:
        g.began_at_s = time.perf_counter()
        given = request.headers.get(HEADER, "")
        request_id.set(given if _READABLE_ID.fullmatch(given) else uuid.uuid4().hex)

    def end(response: Response) -> Response:
        took_s = time.perf_counter() - g.get("began_at_s", time.perf_counter())
        method = request.method if request.method in _METHODS else "other"
        route = request.url_rule.rule if request.url_rule else "none"
        response.headers[HEADER] = request_id.get() or ""
        metrics.count_request(method, route, response.status_code, took_s)
        _log.info(
            "request",
            extra={
                "method": method,
                "route": route,
                "status": response.status_code,
                "ms": round(took_s * 1000, 1),
            },
        )
        return response

    app.before_request(begin)
    app.after_request(end)
