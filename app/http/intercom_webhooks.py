"""Edge: what Intercom notifies us of. Verify the raw bytes, read the envelope, store, answer.

Intercom waits five seconds, repeats once and turns a URL off that answers 410: so a notification that is authentic is
answered 200, also when it cannot be read, and 503 only when it could not be stored.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from flask import Blueprint, Response

from app.http.signature import notified_by_intercom
from app.intercom.notifications import CONTACT_TOPICS, CONVERSATION_TOPICS, UnreadableNotification, read_notification
from app.services import Services
from app.storage.database import DatabaseUnavailable
from app.usecases.receive_notification import receive_notification

_TOPICS = CONTACT_TOPICS | CONVERSATION_TOPICS | {"ping"}
_log = logging.getLogger("kinbox.notifications")


def intercom_webhooks_blueprint(objects: Services) -> Blueprint:
    """The one URL of Intercom's webhooks, for every workspace."""
    blueprint = Blueprint("intercom_webhooks", __name__, url_prefix="/intercom")
    notified = notified_by_intercom(objects.settings.client_secrets)

    @blueprint.post("/webhooks")
    @notified
    def webhooks(body: bytes) -> Response:
        return _take(objects, body)

    @blueprint.route("/webhooks", methods=["HEAD"])
    def webhooks_are_here() -> Response:
        """Intercom looks whether the URL is there when it is entered."""
        return Response(status=200)

    webhooks_are_here._signature = "none: it tells nothing"  # type: ignore[attr-defined]  # read by the guard over all routes
    return blueprint


def _take(objects: Services, body: bytes) -> Response:
    try:
        notification = read_notification(body)
    except UnreadableNotification as fault:
        _log.warning("notification not readable", extra={"what": str(fault), "bytes": len(body)})
        return Response(status=200)
    try:
        kept = receive_notification(
            objects.workspaces, notification, datetime.now(UTC), search_lag=objects.settings.search_lag
        )
    except DatabaseUnavailable:
        _log.error("notification not stored", extra={"topic": _topic(notification.topic)})
        return Response(status=503)
    _log.info("notification", extra={"topic": _topic(notification.topic), "kept": kept.value})
    return Response(status=200)


def _topic(topic: str) -> str:
    """A name of ours: what is signed is Intercom's, but need not be fit for a log."""
    return topic if topic in _TOPICS else "other"
