"""For whoever runs Kinbox: is the process alive, and can it work?"""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.storage.readiness import DatabaseCheck


def health_blueprint(database: DatabaseCheck) -> Blueprint:
    blueprint = Blueprint("health", __name__, url_prefix="/health")

    @blueprint.get("/live")
    def live() -> ResponseReturnValue:
        """200 as long as the process answers; restart it when it does not."""
        return jsonify(alive=True)

    @blueprint.get("/ready")
    def ready() -> ResponseReturnValue:
        """200 when requests can be served; else 503 with what is wrong and how to mend it."""
        faults = [{"what": fault.what, "mend": fault.mend} for fault in database.faults()]
        return jsonify(ready=not faults, faults=faults), 503 if faults else 200

    return blueprint
