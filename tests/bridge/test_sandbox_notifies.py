"""The sandbox's own webhooks, which know nothing of Kinbox, against Kinbox: with each of their faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from app.sandbox.outgoing import Answer
from app.sandbox.webhooks.hazards import Hazards
from tests.bridge.conftest import Bridge, bridge
from tests.bridge.intercom_events import Intercom
from tests.conftest import MakeApp
from tests.notifying import URL
from tests.sidebar_driver import ADMIN

FAULTS = {
    "none": Hazards(),
    "doubled": Hazards(doubled=True),
    "out of order": Hazards(out_of_order=True),
    "late": Hazards(late=True),
    "without merged_from": Hazards(without_merged_from=True),
    "all of them": Hazards(doubled=True, out_of_order=True, without_merged_from=True),
}


@pytest.fixture
def there(make_app: MakeApp) -> Iterator[Intercom]:
    with bridge(make_app, INTERCOM_CLIENT_SECRET="sandbox-client-secret") as running:
        client = running.app.test_client()

        def send(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
            return Answer(status=client.open(url, method=method, data=body, headers=dict(headers)).status_code)

        running.workspace.webhooks.send = send
        running.workspace.webhooks.subscribe(URL)
        yield Intercom(running)


def told(bridged: Bridge) -> None:
    """Everything that the sandbox has to tell has come and been worked."""
    bridged.workspace.webhooks.flush()
    for _ in range(6):
        bridged.work()
        bridged.hurry()
    assert {one["status"] for one in bridged.workspace.webhooks.deliveries()} <= {"delivered"}


@pytest.mark.parametrize("hazards", FAULTS.values(), ids=FAULTS)
def test_people_are_followed_by_what_the_sandbox_tells(hazards: Hazards, there: Intercom) -> None:
    bridged = there.bridge
    merged, archived, deleted = (there.lead_of(sender) for sender in (71, 72, 73))
    told(bridged)
    user = there.user(name="Bo Ward")
    bridged.workspace.webhooks.hazards = hazards
    there.merge(merged, user)
    bridged.intercom.archive(archived)
    bridged.intercom.unarchive(archived)
    bridged.intercom.archive(archived)
    with bridged.workspace.store.change():
        bridged.workspace.lifecycle.delete(deleted)
    told(bridged)
    assert {state for state, _ in bridged.events()} == {"done"}
    assert (there.link_of(71), there.survivor(merged)) == (user, user)
    assert (there.link_of(72), there.state(archived)) == (archived, "archived")
    assert (there.link_of(73), there.state(deleted)) == (None, "deleted")


@pytest.mark.parametrize("hazards", FAULTS.values(), ids=FAULTS)
def test_a_conversation_is_followed_by_what_the_sandbox_tells(hazards: Hazards, there: Intercom) -> None:
    there.lead_of()
    workspace = there.bridge.workspace
    workspace.webhooks.hazards = hazards
    kept = there.conversation().conversation_id
    for kind in ("close", "open", "close"):
        with workspace.store.change():
            workspace.managing.manage(kept, {"message_type": kind, "type": "admin", "admin_id": ADMIN["id"]})
    told(there.bridge)
    assert there.conversation().state == "closed"
