"""Messages that could not be brought in are told and tried again; what comes after a channel was put right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, select

from app.domain.contact import Contact
from app.intercom.conversations import Conversations
from app.intercom.errors import Facts, Forbidden, IntercomError, Refused
from app.storage.database import db, transaction
from app.storage.models import AuditRecord, InboundEvent
from tests.bridge.conftest import Bridge, bridge
from tests.conftest import CLIENT_SECRET, MakeApp
from tests.http.any_json import sealed, worthless
from tests.http.conftest import posting_to
from tests.http.merging import stored
from tests.sidebar_driver import ADMIN, Shown, Sidebar

PHONE = "+353861234567"
SECRET_TEXT = "My card number is 4242"
REFUSED = Refused(Facts(status=422, code="parameter_invalid"))


@pytest.fixture
def bridged(make_app: MakeApp) -> Iterator[Bridge]:
    with bridge(make_app) as running:
        yield running


@pytest.fixture
def failing(bridged: Bridge, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets messages come while Intercom refuses them, and then mends Intercom."""

    def fail(*texts: str, error: IntercomError = REFUSED, sender: str = PHONE) -> None:
        def refuse(*_: Any, **__: Any) -> None:
            raise error

        with monkeypatch.context() as broken:
            broken.setattr(Conversations, "start", refuse)
            broken.setattr(Conversations, "reply", refuse)
            for text in texts:
                assert bridged.sms(text, sender) == 200
            bridged.work()

    return fail


def sidebar(bridged: Bridge, contact_id: str) -> Sidebar:
    opened = Sidebar(
        post=posting_to(bridged.app.test_client()),
        secret=CLIENT_SECRET,
        workspace_id=bridged.workspace.app_id,
        contact=bridged.workspace.contact(contact_id),
        admin=ADMIN,
    )
    opened.open()
    return opened


def lead_of(bridged: Bridge) -> str:
    [(_, contact_id, _match)] = bridged.linked()
    assert contact_id is not None
    return contact_id


def event_ids(bridged: Bridge) -> list[int]:
    with bridged.app.app_context(), transaction() as connection:
        return list(connection.execute(select(InboundEvent.id).order_by(InboundEvent.id)).scalars())


def test_a_failed_message_is_told_and_tried_again(bridged: Bridge, failing: Any) -> None:
    failing(SECRET_TEXT)
    panel = sidebar(bridged, lead_of(bridged))
    assert panel.shown is not None
    assert "1 message could not be brought in | Intercom refused it" in panel.shown.text
    shown = panel.press("1 message could not")
    assert shown.title == "Failed messages"
    assert "Try again: SMS · Shop | Came on " in shown.text
    assert "Whoever runs Kinbox can see why" in shown.text
    assert SECRET_TEXT not in str(shown.canvas)
    assert panel.press("Try again").title == "✓ Trying again"
    bridged.work()
    assert bridged.threads() == [[f"<p>{SECRET_TEXT}</p>"]]
    assert "could not be brought in" not in panel.press("Done").text
    [entry] = stored(bridged.app, AuditRecord)
    assert (entry.action, entry.contact_id, entry.admin_name) == ("message_retried", lead_of(bridged), "Rosa Teammate")
    assert entry.details == {"event_id": event_ids(bridged)[0]}


def test_several_are_tried_again_at_once_and_in_order(bridged: Bridge, failing: Any) -> None:
    failing("One")
    failing("Two", "Three", error=Forbidden(Facts(status=403)))
    panel = sidebar(bridged, lead_of(bridged))
    assert panel.shown is not None
    assert "3 messages could not be brought in | For several reasons" in panel.shown.text
    shown = panel.press("3 messages")
    assert shown.text.index("Kinbox lacked a permission") < shown.text.index("Intercom refused it")
    assert "Kinbox tries 3 messages again now" in panel.press("Try these 3 again").text
    bridged.work()
    assert bridged.threads() == [["<p>One</p>", "<p>Two</p>", "<p>Three</p>"]]


def test_what_fails_again_is_told_again(bridged: Bridge, failing: Any) -> None:
    failing("One")
    panel = sidebar(bridged, lead_of(bridged))
    panel.press("1 message")
    panel.press("Try again")
    failing()
    assert panel.press("Look again").title == "Failed messages"
    assert "failed.retry:" in " ".join(panel.shown.ids if panel.shown else [])


def test_somebody_else_may_have_been_quicker(bridged: Bridge, failing: Any) -> None:
    failing("One")
    first, second = (sidebar(bridged, lead_of(bridged)) for _ in range(2))
    for panel in (first, second):
        panel.press("1 message")
    assert first.press("Try again").title == "✓ Trying again"
    assert second.press("Try again").title == "Nothing to try again"
    assert len(stored(bridged.app, AuditRecord)) == 1
    assert "No message of this contact is waiting for help." in second.press("Look again").text


def test_failed_messages_go_with_their_channel(bridged: Bridge, failing: Any) -> None:
    failing("One")
    lead = lead_of(bridged)
    other = bridged.intercom.create_contact({"role": "user", "email": "ivy@shop.example"}).id
    before, moving = sidebar(bridged, lead), sidebar(bridged, lead)
    before.press("1 message")
    move(moving, other)
    assert before.press("Try again").title == "Nothing to try again"
    after = sidebar(bridged, other)
    after.press("1 message")
    after.press("Try again")
    bridged.work()
    [conversation] = bridged.workspace.list_conversations()
    assert [one["id"] for one in conversation["contacts"]["contacts"]] == [other]


def test_only_what_was_offered_is_tried_again(bridged: Bridge, failing: Any) -> None:
    failing("One")
    failing("Two", sender="+353861111111")
    lead = bridged.linked()[0][1]
    assert lead is not None
    mine, foreign = event_ids(bridged)
    here = {"workspace": bridged.workspace.app_id, "contact": lead, "teammate": str(ADMIN["id"])}
    panel = sidebar(bridged, lead)

    def forced(component_id: str, state: dict[str, Any]) -> Shown:
        panel.shown = Shown({"content": {"components": []}, "stored_data": state})
        return panel.force(component_id)

    for kind, state in worthless({"failed": [mine]}, **here).items():
        for component_id in (f"failed.retry:{mine}", "failed.retry"):
            assert "out of date" in forced(component_id, state).text, kind
    assert "out of date" in forced(f"failed.retry:{foreign}", dict(sealed({"failed": [mine]}, **here))).text
    assert "out of date" in forced(f"failed.retry:0{mine}", dict(sealed({"failed": [mine]}, **here))).text
    for number in (foreign, 10**9):
        shown = forced(f"failed.retry:{number}", dict(sealed({"failed": [number]}, **here)))
        assert shown.title == "Nothing to try again"
    assert [state for state, _ in bridged.events()] == ["dead", "dead"]
    assert forced(f"failed.retry:{mine}", dict(sealed({"failed": [mine]}, **here))).title == "✓ Trying again"


def test_the_first_screen_takes_one_query_with_failed_messages_too(bridged: Bridge, failing: Any) -> None:
    failing("One", "Two")
    panel = sidebar(bridged, lead_of(bridged))
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    with bridged.app.app_context():
        event.listen(db.engine, "before_cursor_execute", count)
        try:
            assert "2 messages could not be brought in" in panel.open().text
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
    assert len(statements) == 1


def move(panel: Sidebar, target: str) -> None:
    panel.press("Linked channel")
    panel.press("SMS · Shop")
    panel.press("Move to another contact")
    panel.click("target", target=target)
    assert panel.press("Move the channel").title == "✓ Moved"


def test_the_next_message_of_a_moved_channel_lands_on_its_new_contact(bridged: Bridge) -> None:
    bridged.sms("Hello", PHONE)
    bridged.work()
    lead, other = lead_of(bridged), bridged.intercom.create_contact({"role": "user", "email": "ivy@shop.example"}).id
    move(sidebar(bridged, lead), other)
    bridged.sms("It is me", PHONE)
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>"], ["<p>It is me</p>"]]
    newest = max(bridged.workspace.list_conversations(), key=lambda one: int(one["id"]))
    assert [one["id"] for one in newest["contacts"]["contacts"]] == [other]
    assert Contact.from_json(bridged.workspace.contact(lead)).is_lead


def test_the_next_message_of_an_unlinked_channel_is_matched_anew(bridged: Bridge) -> None:
    bridged.sms("Hello", PHONE)
    bridged.work()
    lead, other = lead_of(bridged), bridged.intercom.create_contact({"role": "user", "email": "ivy@shop.example"}).id
    panel = sidebar(bridged, lead)
    move(panel, other)
    at_other = sidebar(bridged, other)
    at_other.press("Linked channel")
    at_other.press("SMS · Shop")
    at_other.press("Unlink")
    bridged.sms("It is me", PHONE)
    bridged.work()
    assert lead_of(bridged) == lead
    assert bridged.linked()[0][2]["rule"] in {"phone", "known_contact"}
    assert at_other.press("Link again").title == "Not moved"
    assert lead_of(bridged) == lead
