"""A paused account: its webhook takes everything, its messages wait, and come in in their order once it is resumed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.services import services
from app.storage.database import transaction
from app.storage.models import InboundEvent
from app.usecases.manage_channels import pause_channel, remove_channel, resume_channel
from app.usecases.office import Office
from app.worker.housekeeping import tidy_lanes
from tests.bridge.conftest import Bridge


@pytest.fixture
def office(bridged: Bridge) -> Office:
    with bridged.app.app_context():
        return services().office(bridged.workspace.app_id)


def account_id(office: Office, slug: str) -> int:
    with transaction() as connection:
        [account] = office.channels.list(connection, workspace_id=office.workspace_id, slug=slug)
    return account.id


def test_messages_wait_and_come_in_their_order(bridged: Bridge, office: Office) -> None:
    with bridged.app.app_context():
        number = account_id(office, "telegram")
        pause_channel(office, number)
    for text in ("one", "two", "three"):
        assert bridged.telegram(text) == 200
    assert bridged.telegram("somebody else", sender=77) == 200
    bridged.sms("by text", "+35315550123")
    bridged.work()
    assert bridged.threads() == [["<p>by text</p>"]]
    assert [code for _, code in bridged.events()] == ["paused", None, None, "paused", None]
    with bridged.app.app_context():
        resume_channel(office, number)
    bridged.work()
    assert sorted(bridged.threads()) == [
        ["<p>by text</p>"],
        ["<p>one</p>", "<p>two</p>", "<p>three</p>"],
        ["<p>somebody else</p>"],
    ]
    assert {state for state, _ in bridged.events()} == {"done"}


def test_waiting_costs_no_try(bridged: Bridge, office: Office) -> None:
    with bridged.app.app_context():
        pause_channel(office, account_id(office, "telegram"))
    bridged.telegram("Hello")
    for _ in range(25):
        bridged.work()
        bridged.hurry()
    with bridged.app.app_context(), transaction() as connection:
        [event] = connection.execute(select(InboundEvent.attempts, InboundEvent.state)).all()
    assert tuple(event) == (0, "waiting")


def test_a_worker_that_found_it_paused_too_late_is_made_up_for(bridged: Bridge, office: Office) -> None:
    """It read the account before it was resumed, and recorded its wait afterwards."""
    bridged.telegram("Hello")
    now = datetime.now(UTC)
    late = {"last_error": "paused", "next_try_at": now + timedelta(minutes=15)}
    with bridged.app.app_context(), transaction(write=True) as connection:
        connection.execute(update(InboundEvent).values(**late))
    bridged.work()
    assert bridged.threads() == []
    with bridged.app.app_context():
        tidy_lanes(datetime.now(UTC))
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>"]]


def test_what_waits_for_another_reason_is_left_waiting(bridged: Bridge, office: Office) -> None:
    bridged.telegram("Hello")
    waits = {"last_error": "rate_limited", "next_try_at": datetime.now(UTC) + timedelta(minutes=15)}
    with bridged.app.app_context(), transaction(write=True) as connection:
        connection.execute(update(InboundEvent).values(**waits))
    with bridged.app.app_context():
        tidy_lanes(datetime.now(UTC))
        pause_channel(office, account_id(office, "telegram"))
        resume_channel(office, account_id(office, "telegram"))
    bridged.work()
    assert bridged.threads() == []


def test_a_removed_account_brings_in_what_it_took_before(bridged: Bridge, office: Office) -> None:
    with bridged.app.app_context():
        number = account_id(office, "telegram")
        pause_channel(office, number)
    bridged.telegram("Hello")
    bridged.work()
    with bridged.app.app_context():
        remove_channel(office, number)
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>"]]
