"""How notifications travel: in order, repeated once, and with every fault that can be switched on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from app.sandbox import people
from app.sandbox.problems import ApiError
from app.sandbox.server import create_sandbox, serve
from app.sandbox.webhooks.hazards import Hazards
from app.sandbox.workspace import Workspace
from tests.sandbox.caller import Caller, Clock, error
from tests.sandbox.subscriber import URL, Subscriber
from tests.workbench.stub_kinbox import Reply, StubKinbox

Json = dict[str, Any]


@pytest.fixture
def subscriber(workspace: Workspace) -> Subscriber:
    listening = Subscriber()
    workspace.webhooks.send = listening
    workspace.webhooks.subscribe(URL)
    return listening


def rename(call: Caller, *names: str) -> None:
    for name in names:
        assert call.put(f"/contacts/{people.MAYA_LEAD}", {"name": name}).status_code == 200


def names(subscriber: Subscriber) -> list[str]:
    return [item["name"] for item in subscriber.items]


def test_changes_arrive_in_their_order(call: Caller, workspace: Workspace, subscriber: Subscriber) -> None:
    rename(call, "A", "B", "C")
    assert workspace.webhooks.deliver_due() == 3
    assert names(subscriber) == ["A", "B", "C"]
    assert [one["status"] for one in workspace.webhooks.deliveries()] == ["delivered"] * 3


def test_an_address_must_answer_a_head_request(workspace: Workspace, subscriber: Subscriber) -> None:
    assert subscriber.heads == [URL]
    subscriber.statuses = [404]
    with pytest.raises(ApiError, match="400"):
        workspace.webhooks.subscribe("http://127.0.0.1:9/elsewhere")
    assert workspace.webhooks.url == URL


def test_without_an_address_nothing_is_kept(call: Caller, workspace: Workspace) -> None:
    rename(call, "A")
    assert workspace.webhooks.deliveries() == []


def test_a_refused_one_is_repeated_once_a_minute_later(
    call: Caller, workspace: Workspace, subscriber: Subscriber, clock: Clock
) -> None:
    subscriber.statuses = [500]
    rename(call, "A", "B")
    assert workspace.webhooks.deliver_due() == 2
    clock.pass_s(59)
    assert workspace.webhooks.deliver_due() == 0
    clock.pass_s(1)
    assert workspace.webhooks.deliver_due() == 1
    assert names(subscriber) == ["A", "B", "A"]
    assert [one["delivery_attempts"] for one in subscriber.told] == [1, 1, 2]
    assert subscriber.told[0]["id"] == subscriber.told[2]["id"]


def test_after_the_repeat_it_is_given_up(call: Caller, workspace: Workspace, subscriber: Subscriber) -> None:
    subscriber.statuses = [503, None]
    rename(call, "A")
    assert workspace.webhooks.flush() == 2
    [delivery] = workspace.webhooks.deliveries()
    assert (delivery["status"], delivery["tries"], delivery["answered"]) == ("failed", 2, None)


def test_a_410_ends_the_subscription(call: Caller, workspace: Workspace, subscriber: Subscriber) -> None:
    subscriber.statuses = [410]
    rename(call, "A", "B")
    assert workspace.webhooks.flush() == 1
    rename(call, "C")
    assert workspace.webhooks.flush() == 0
    workspace.webhooks.subscribe(URL)
    rename(call, "D")
    assert workspace.webhooks.flush() == 1


def test_lost_ones_never_arrive(call: Caller, workspace: Workspace, subscriber: Subscriber) -> None:
    workspace.webhooks.hazards = Hazards(lost=True, count=2)
    rename(call, "A", "B", "C")
    workspace.webhooks.flush()
    assert names(subscriber) == ["C"]
    assert [one["status"] for one in workspace.webhooks.deliveries()] == ["delivered", "lost", "lost"]


def test_doubled_ones_carry_the_same_id(call: Caller, workspace: Workspace, subscriber: Subscriber) -> None:
    workspace.webhooks.hazards = Hazards(doubled=True)
    rename(call, "A")
    workspace.webhooks.flush()
    assert names(subscriber) == ["A", "A"]
    assert subscriber.told[0] == subscriber.told[1]


def test_late_ones_are_overtaken(call: Caller, workspace: Workspace, subscriber: Subscriber, clock: Clock) -> None:
    workspace.webhooks.hazards = Hazards(late=True, late_s=120, count=1)
    rename(call, "A", "B")
    assert workspace.webhooks.deliver_due() == 1
    clock.pass_s(120)
    assert workspace.webhooks.deliver_due() == 1
    assert names(subscriber) == ["B", "A"]


def test_out_of_order_comes_the_newest_first(call: Caller, workspace: Workspace, subscriber: Subscriber) -> None:
    workspace.webhooks.hazards = Hazards(out_of_order=True)
    rename(call, "A", "B", "C")
    workspace.webhooks.flush()
    assert names(subscriber) == ["C", "B", "A"]


def test_a_merge_can_be_silent_about_who_is_gone(call: Caller, workspace: Workspace, subscriber: Subscriber) -> None:
    workspace.webhooks.hazards = Hazards(without_merged_from=True)
    call.post("/contacts/merge", {"from": people.MAYA_LEAD, "into": people.MAYA_USER})
    workspace.webhooks.flush()
    [item] = subscriber.items
    assert item["id"] == people.MAYA_USER
    assert "merged_from" not in item


def test_a_reset_forgets_faults_and_what_waits(call: Caller, workspace: Workspace, subscriber: Subscriber) -> None:
    workspace.webhooks.hazards = Hazards(late=True)
    rename(call, "A")
    workspace.reset()
    assert (workspace.webhooks.waiting(), workspace.webhooks.hazards) == (0, Hazards())
    rename(call, "B")
    assert workspace.webhooks.flush() == 1


class TestOverHttp:
    """The control API, the thread, and a server that answers."""

    @pytest.fixture
    def kinbox(self) -> Iterator[StubKinbox]:
        stub = StubKinbox()
        stub.answer(Reply(b""))
        yield stub
        stub.stop()

    def test_the_thread_sends_what_changed(self, call: Caller, workspace: Workspace, kinbox: StubKinbox) -> None:
        arrived = threading.Event()

        def take(_call: object) -> Reply:
            arrived.set()
            return Reply(b"")

        kinbox.reply = take
        workspace.webhooks.subscribe(f"{kinbox.url}/intercom/webhooks")
        workspace.webhooks.start()
        try:
            rename(call, "A")
            assert arrived.wait(20)
        finally:
            workspace.webhooks.stop()
        [got] = [one for one in kinbox.calls if one.path == "/intercom/webhooks"]
        assert got.headers["user-agent"] == "intercom-parrot-service-client/1.0"
        assert got.headers["x-hub-signature"].startswith("sha1=")
        assert got.json["topic"] == "contact.lead.updated"

    def test_everything_is_switched_over_the_control_api(self, call: Caller, kinbox: StubKinbox) -> None:
        url = f"{kinbox.url}/intercom/webhooks"
        settings = {"url": url, "repeat_s": 0, "faults": {"doubled": True}}
        shown = call.put("/_sandbox/webhooks", settings).json
        assert shown is not None
        assert (shown["url"], shown["repeat_s"], shown["faults"]["doubled"]) == (url, 0, True)
        assert "contact.merged" in shown["topics"]
        rename(call, "A")
        assert call.post("/_sandbox/webhooks/flush").json == {"sent": 2}
        call.post("/_sandbox/webhooks/ping")
        listed = call.get("/_sandbox/webhooks/deliveries").json
        assert listed is not None
        seen = [(one["topic"], one["status"]) for one in listed["deliveries"]]
        assert seen == [("ping", "waiting"), ("ping", "waiting")] + [("contact.lead.updated", "delivered")] * 2

    def test_kinbox_may_call_back_while_it_is_told(self, workspace: Workspace, kinbox: StubKinbox) -> None:
        server = serve(create_sandbox(workspace))
        seen: list[str] = []

        def read_back(_call: object) -> Reply:
            seen.append(str(workspace.contact(people.MAYA_LEAD)["name"]))
            return Reply(b"")

        kinbox.reply = read_back
        workspace.webhooks.subscribe(f"{kinbox.url}/intercom/webhooks")
        call = Caller(create_sandbox(workspace).test_client())
        rename(call, "A")
        assert call.post("/_sandbox/webhooks/flush").json == {"sent": 1}
        assert seen[-1] == "A"
        server.stop()

    @pytest.mark.parametrize(
        "settings",
        [
            {"weather": "bad"},
            {"topics": ["contact.exploded"]},
            {"repeat_s": -1},
            {"faults": {"lost": "yes"}},
            {"faults": {"eaten": True}},
            {"faults": {"late_s": -1}},
            {"faults": {"count": 0}},
            {"url": "http://127.0.0.1:9/"},
        ],
    )
    def test_a_setting_that_does_not_fit_changes_nothing(self, call: Caller, settings: Json) -> None:
        before = call.get("/_sandbox/webhooks").json
        assert error(call.put("/_sandbox/webhooks", settings))[0] == 400
        assert call.get("/_sandbox/webhooks").json == before
