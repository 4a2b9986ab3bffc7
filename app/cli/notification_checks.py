"""What `doctor` says of Intercom's webhooks, which it cannot ask about: there is no API for them."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.findings import Finding
from app.storage import health_facts
from app.storage.database import transaction


def check_notifications(workspace_id: str, public_url: str | None) -> Iterator[Finding]:
    """Whether Intercom notifies of what is done inside it. Nothing before anybody is linked: no topic concerns us."""
    with transaction() as connection:
        last_at = health_facts.last_notification_at(connection, workspace_id)
        linked = health_facts.links_anybody(connection, workspace_id)
    if last_at is not None:
        yield Finding("ok", f"Intercom notified of something done inside it at {last_at:%Y-%m-%d %H:%M} UTC.")
    elif linked:
        yield Finding(
            "warn",
            "Intercom has not yet notified of anything that is done inside it, so merges and deletions there are found"
            " by the next message or the nightly walk only.",
            f"In the Developer Hub enter {public_url or 'https://KINBOX'}/intercom/webhooks on the app's Webhooks page,"
            " and tick the topics that the README lists.",
        )
