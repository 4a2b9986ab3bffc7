"""Numbers for whoever runs Kinbox, as Prometheus reads them."""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

from app.metrics import Metrics, MetricsUnreadable


def metrics_blueprint(metrics: Metrics) -> Blueprint:
    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    def show() -> ResponseReturnValue:
        try:
            return Response(metrics.render(), content_type=CONTENT_TYPE_LATEST)
        except MetricsUnreadable as fault:
            return Response(f"{fault}\n", status=503, mimetype="text/plain")

    return blueprint
