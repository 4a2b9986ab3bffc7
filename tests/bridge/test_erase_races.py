"""Erased in the middle of somebody's work: whoever works on does not write the person back, and no message is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select

from app.domain.message import InboundMessage, Part
from app.storage import conversation_links, erasure, identities, inbox, senders
from app.storage.database import transaction
from app.storage.inbox import NewEvent
from app.storage.lanes import lane_name
from app.storage.models import ConversationLink, Identity
from app.usecases.bridge import deliver, link_contact, post_message
from app.usecases.erase_person import erase_sender
from app.worker import bridge as work_of
from tests.bridge.conftest import Bridge, Json
from tests.bridge.leftovers import leftovers
from tests.bridge.test_erase_person import MAYA, PHONE, erase, now, workspace_of

PERSON = ("Maya", str(MAYA), "Where is my parcel")
Between = Callable[[Any, str, Callable[[], object]], None]


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Between:
    """Lets something happen once, right before a function of a module is called."""

    def between(module: Any, name: str, happens: Callable[[], object]) -> None:
        original, pending = getattr(module, name), [happens]

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if pending:
                pending.pop()()
            return original(*args, **kwargs)

        monkeypatch.setattr(module, name, wrapped)

    return between


def erase_maya(bridged: Bridge) -> None:
    with bridged.app.app_context():
        erase_sender(workspace_of(bridged), "telegram", str(MAYA), why="erased", by=None, at=now())


def erase_beside(bridged: Bridge) -> None:
    """From another connection, whatever this thread is in the middle of."""
    other = threading.Thread(target=erase_maya, args=[bridged])
    other.start()
    other.join()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (link_contact, "find_contact"),
        (link_contact, "_save"),
        (post_message, "_start"),
        (deliver, "finish_conversation"),
        (deliver, "_keep"),
        (deliver, "_name"),
    ],
    ids=[
        "before the search",
        "before the link",
        "before the post",
        "before the tag",
        "before it is kept",
        "at the end",
    ],
)
def test_a_message_in_hand_brings_nobody_back(
    module: Any, name: str, bridged_anywhere: Bridge, between: Between
) -> None:
    bridged = bridged_anywhere
    between(module, name, lambda: erase_beside(bridged))
    bridged.telegram("Where is my parcel", sender=MAYA, first_name="Maya")
    bridged.work()
    assert leftovers(bridged.app, PERSON) == []
    assert (bridged.events(), bridged.linked()) == ([], [])
    bridged.telegram("A new day", sender=MAYA)
    bridged.work()
    assert bridged.events() == [("done", None)]
    assert bridged.threads()[-1] == ["<p>A new day</p>"]


@pytest.mark.postgres
@pytest.mark.parametrize("module", [senders, conversation_links], ids=["first", "second"])
def test_erasing_waits_for_what_is_being_written(module: Any, bridged_on_postgres: Bridge, between: Between) -> None:
    """In the transaction that keeps the conversation: before it has the person's row, and with the row in hand."""
    bridged = bridged_on_postgres
    other = threading.Thread(target=erase_maya, args=[bridged])

    def happens() -> None:
        other.start()
        other.join(0.5)
        assert other.is_alive() is (module is not senders)

    between(module, "lock" if module is senders else "saw_message", happens)
    bridged.telegram("Where is my parcel", sender=MAYA, first_name="Maya")
    bridged.work()
    other.join()
    assert leftovers(bridged.app, PERSON) == []
    assert (bridged.events(), bridged.linked()) == ([], [])


def test_a_contact_erased_between_search_and_link_is_not_linked(bridged_anywhere: Bridge, between: Between) -> None:
    """The sender was nobody's yet, so the message stays, and its sender becomes a new lead."""
    bridged = bridged_anywhere
    user = bridged.intercom.create_contact({"role": "user", "external_id": "u1", "phone": PHONE}).id
    between(link_contact, "_save", lambda: erase(bridged, user))
    bridged.sms("Hello", PHONE)
    bridged.work()
    assert bridged.events() == [("done", None)]
    assert bridged.contact_of(PHONE) not in {None, user}
    assert bridged.threads() == [["<p>Hello</p>"]]


@pytest.mark.postgres
@pytest.mark.parametrize("first", ["the link", "the erasing"])
def test_linking_and_erasing_wait_for_each_other(
    first: str, bridged_on_postgres: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are in their transactions at once: whoever comes second sees what the first one did."""
    bridged = bridged_on_postgres
    user = bridged.intercom.create_contact({"role": "user", "external_id": "u1", "phone": PHONE}).id
    others: list[threading.Thread] = []

    def beside(work: Callable[[], object]) -> None:
        if not others:
            others.append(threading.Thread(target=work))
            others[0].start()
            others[0].join(0.7)
            assert others[0].is_alive(), "it did not wait"

    module, name, work = (
        (identities, "link", lambda: erase(bridged, user))
        if first == "the link"
        else (erasure, "blank_merges", bridged.work)
    )
    original = getattr(module, name)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        done = original(*args, **kwargs)
        beside(work)
        return done

    monkeypatch.setattr(module, name, wrapped)
    bridged.sms("Hello", PHONE)
    if first == "the link":
        bridged.work()
    else:
        erase(bridged, user)
    others[0].join()
    bridged.work()
    if first == "the link":
        assert bridged.linked() == []
        assert leftovers(bridged.app, [PHONE, "Hello"]) == []
    else:
        assert bridged.contact_of(PHONE) not in {None, user}
        assert bridged.events() == [("done", None)]


def test_a_message_stored_while_its_sender_was_erased_makes_a_stranger(bridged_anywhere: Bridge) -> None:
    """The webhook had found the row, then it went: the worker makes it anew."""
    bridged = bridged_anywhere
    bridged.telegram("Hello", sender=MAYA, first_name="Maya")
    with bridged.app.app_context(), transaction(write=True) as connection:
        connection.execute(delete(ConversationLink))
        connection.execute(delete(Identity))
    bridged.work()
    assert bridged.events() == [("done", None)]
    assert bridged.contact_of(str(MAYA)) is not None
    bridged.telegram("Again", sender=MAYA)
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>", "<p>Again</p>"]]


@pytest.mark.postgres
def test_the_next_message_has_a_ticket_of_its_own(bridged_on_postgres: Bridge) -> None:
    """One that waits for the erased events would stand in its way."""
    bridged = bridged_on_postgres
    with bridged.app.app_context(), transaction(write=True) as connection:
        connection.exec_driver_sql("TRUNCATE procrastinate_jobs CASCADE")
    bridged.telegram("Where is my parcel", sender=MAYA)
    erase_maya(bridged)
    bridged.telegram("A new day", sender=MAYA)
    with bridged.app.app_context(), transaction() as connection:
        tickets = connection.exec_driver_sql("SELECT args->>'event_id' FROM procrastinate_jobs").scalars().all()
        waiting = connection.exec_driver_sql("SELECT id::text FROM inbound_event").scalars().all()
    assert tickets == waiting


def in_lane_of_maya(bridged: Bridge, event_id: str, payload: Json, part: Part | None = None) -> None:
    """One more event in the lane that her messages have."""
    with bridged.app.app_context(), transaction(write=True) as connection:
        row = connection.execute(select(Identity).where(Identity.sender_id == str(MAYA))).one()
        event = NewEvent(
            workspace_id=row.workspace_id,
            account_id=row.account_id,
            event_id=event_id,
            lane=lane_name(row.account_id, row.sender_id),
            payload=payload,
            part=part,
        )
        inbox.store(connection, [event], now())


def test_a_change_of_ids_in_hand_is_not_written_to_who_comes_later(bridged_anywhere: Bridge, between: Between) -> None:
    bridged = bridged_anywhere
    bridged.telegram("Where is my parcel", sender=MAYA)
    bridged.work()
    in_lane_of_maya(bridged, "alias", {"alias_change": {"new_id": "maya-2", "phone": PHONE}})

    def erased_and_back() -> None:
        erase_beside(bridged)
        posted = threading.Thread(target=bridged.telegram, args=["A new day", MAYA])
        posted.start()
        posted.join()

    between(work_of, "_change_alias", erased_and_back)
    bridged.work()
    assert leftovers(bridged.app, ["maya-2", PHONE]) == []
    assert bridged.events() == [("done", None)]
    assert bridged.contact_of(str(MAYA)) is not None


def test_parts_that_wait_for_the_others_go_too(bridged_anywhere: Bridge) -> None:
    bridged = bridged_anywhere
    bridged.telegram("Hello", sender=MAYA)
    message = InboundMessage(
        sender_id=str(MAYA), event_id="p1", message_id="p1", text="Where is my", part=Part("g", 1, 2)
    )
    in_lane_of_maya(bridged, "p1", message.to_json(), message.part)
    assert bridged.events() == [("waiting", None), ("part", None)]
    with bridged.app.app_context():
        erased = erase_sender(workspace_of(bridged), "telegram", str(MAYA), why="erased", by=None, at=now())
    assert (erased.events, erased.waiting) == (2, 2)
    assert leftovers(bridged.app, [*PERSON, "Where is my"]) == []
