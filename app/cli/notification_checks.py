"""What `doctor` says of Intercom's webhooks, which it cannot ask about: there is no API for them."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.findings import Finding
from app.storage import health_facts
from app.storage.database import transaction


def check_notifications(workspace_id: str, public_url: str | None) -> Iterator[Finding]:
    """Whether Intercom notifies of what is done inside it. Nothing before anybody is linked: no topic concerns us.

    What is said rests on the notifications that are kept, for as long as messages are.
    """
    with transaction() as connection:
        last_at = health_facts.last_notification_at(connection, workspace_id)
        linked = health_facts.links_anybody(connection, workspace_id)
    if last_at is not None:
        yield Finding("ok", f"Intercom notified of something done inside it at {last_at:%Y-%m-%d %H:%M} UTC.")
    elif linked:
        yield Finding(
            "warn",
            "No notification of Intercom's about anybody who is linked is kept here. If merges, edits or deletions were"
            " made there lately, Intercom does not tell of them: the next message or the nightly walk finds them.",
            f"On the app's Webhooks page in the Developer Hub {public_url or 'https://KINBOX'}/intercom/webhooks should"
            " be entered, and the topics ticked that the README lists. In a quiet time there is nothing to mend.",
        )
