"""Numbers for whoever runs Kinbox, as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from app.metrics import Metrics
from app.storage import inbox
from app.storage.database import DatabaseUnavailable, transaction


def metrics_blueprint(metrics: Metrics) -> Blueprint:
    blueprint = Blueprint("metrics", __name__)
    metrics.watch_inbox(_inbox_depth)

    @blueprint.get("/metrics")
    def show() -> ResponseReturnValue:
        return Response(metrics.render(), content_type=CONTENT_TYPE_LATEST)

    return blueprint


def _inbox_depth() -> Mapping[str, float] | None:
    """None when the database cannot be asked: the other numbers are wanted all the more then."""
    now = datetime.now(UTC)
    try:
        with transaction() as connection:
            depth = inbox.depth(connection, now)
    except (DatabaseUnavailable, SQLAlchemyError):
        return None
    oldest = depth.oldest_waiting_at
    return {
        "waiting": depth.waiting,
        "delayed": depth.delayed,
        "dead": depth.dead,
        "oldest_waiting_s": max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
    }
