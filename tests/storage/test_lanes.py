"""One person, one lane: whatever id a provider uses today."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.workspace import Workspace
from app.services import services
from app.storage.database import transaction
from app.storage.identities import Sender, link
from app.storage.lanes import Person, lane_of, lane_of_change
from app.storage.models import Identity

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
PHONE, DIGITS = "+4915770012345", "4915770012345"
BSUID, OTHER = "DE.70213344556677889900", "DE.11111111111111111111"
BOTH = Person(sender_id=BSUID, aliases=(DIGITS,), phone=PHONE)
PHONE_ONLY = Person(sender_id=DIGITS, phone=PHONE)
BSUID_ONLY = Person(sender_id=BSUID)


@pytest.fixture
def account_id(database: Flask) -> int:
    with transaction(write=True) as connection:
        services().workspaces.save(connection, Workspace(id="abc12", region="us"), NOW)
        given = {"slug": "whatsapp", "address": "445201198870331", "name": "Shop", "secrets": {}}
        made = services().channels.add(connection, "abc12", **given, at=NOW)  # type: ignore[arg-type]  # a test
    assert made is not None
    return made.id


def lane(account_id: int, person: Person) -> str:
    with transaction(write=True) as connection:
        return lane_of(connection, "abc12", account_id, person, NOW).partition(f"{account_id}:")[2]


def people() -> list[tuple[str, str | None, str | None]]:
    with transaction() as connection:
        rows = connection.execute(select(Identity.sender_id, Identity.phone, Identity.bsuid).order_by(Identity.id))
        return [(row.sender_id, row.phone, row.bsuid) for row in rows]


def test_a_new_person_gets_a_lane_and_a_row_that_is_linked_to_nobody(account_id: int) -> None:
    assert lane(account_id, PHONE_ONLY) == DIGITS
    with transaction() as connection:
        [linked_to] = connection.execute(select(Identity.contact_id)).scalars()
    assert linked_to is None


@pytest.mark.parametrize("rest", [[PHONE_ONLY, BSUID_ONLY], [BSUID_ONLY, PHONE_ONLY]])
def test_both_ids_together_join_what_comes_after_under_either(account_id: int, rest: list[Person]) -> None:
    assert [lane(account_id, one) for one in (BOTH, *rest)] == [BSUID] * 3
    assert people() == [(BSUID, PHONE, None)]


def test_a_person_known_by_phone_keeps_that_lane_under_a_new_id(account_id: int) -> None:
    assert [lane(account_id, one) for one in (PHONE_ONLY, BOTH, BSUID_ONLY)] == [DIGITS] * 3
    assert people() == [(DIGITS, PHONE, BSUID)]


def test_a_person_known_by_id_learns_the_phone(account_id: int) -> None:
    assert [lane(account_id, one) for one in (BSUID_ONLY, BOTH, PHONE_ONLY)] == [BSUID] * 3
    assert people() == [(BSUID, PHONE, None)]


def test_a_prefix_makes_nobody_of_a_phone(account_id: int) -> None:
    first = Person(sender_id=f"whatsapp:{BSUID}", aliases=(f"whatsapp:{PHONE}",), phone=PHONE)
    then = Person(sender_id=f"whatsapp:{PHONE}", phone=PHONE)
    assert lane(account_id, first) == lane(account_id, then) == f"whatsapp:{BSUID}"


def test_a_phone_that_passed_on_to_somebody_else_is_another_person(account_id: int) -> None:
    heir = Person(sender_id=OTHER, aliases=(DIGITS,), phone=PHONE)
    assert [lane(account_id, one) for one in (BOTH, heir, Person(sender_id=OTHER))] == [BSUID, OTHER, OTHER]


def test_two_ids_that_nothing_connects_are_two_people(account_id: int) -> None:
    assert [lane(account_id, one) for one in (PHONE_ONLY, Person(sender_id=OTHER))] == [DIGITS, OTHER]


def test_the_same_id_on_another_account_is_another_person(account_id: int) -> None:
    lane(account_id, PHONE_ONLY)
    with transaction(write=True) as connection:
        given = {"slug": "whatsapp", "address": "2", "name": "Shop", "secrets": {}}
        other = services().channels.add(connection, "abc12", **given, at=NOW)  # type: ignore[arg-type]  # a test
    assert other is not None
    assert lane(other.id, BOTH) == BSUID


def test_a_link_made_later_keeps_the_first_time(account_id: int) -> None:
    lane(account_id, PHONE_ONLY)
    with transaction(write=True) as connection:
        sender = Sender(account_id=account_id, sender_id=DIGITS)
        link(connection, "abc12", sender, "c1", match={}, at=NOW, message_at=NOW)
    assert lane(account_id, BOTH) == DIGITS
    assert people() == [(DIGITS, PHONE, BSUID)]


def test_what_comes_after_a_change_of_id_joins_the_lane_of_the_old_one(account_id: int) -> None:
    lane(account_id, BOTH)
    with transaction(write=True) as connection:
        changed = lane_of_change(connection, account_id, BSUID, OTHER)
    assert changed.endswith(f":{BSUID}")
    assert lane(account_id, Person(sender_id=OTHER)) == BSUID


def test_a_change_of_a_second_id_leaves_it_to_those_who_wait(account_id: int) -> None:
    lane(account_id, PHONE_ONLY)
    lane(account_id, BOTH)
    with transaction(write=True) as connection:
        assert lane_of_change(connection, account_id, BSUID, OTHER).endswith(f":{DIGITS}")
    assert lane(account_id, BSUID_ONLY) == DIGITS


def test_a_change_of_nobodys_id_makes_nobody(account_id: int) -> None:
    with transaction(write=True) as connection:
        assert lane_of_change(connection, account_id, BSUID, OTHER).endswith(f":{BSUID}")
    assert people() == []


def test_first_messages_that_race_under_two_ids_share_one_lane(database: Flask, account_id: int) -> None:
    """As long as one of them has both ids and comes first or second, nobody is there twice."""
    for turn in range(10):
        phone = f"+49157700{turn:05d}"
        both = Person(sender_id=f"DE.{turn}", aliases=(phone[1:],), phone=phone)
        alone = Person(sender_id=phone[1:], phone=phone)
        begin = threading.Barrier(4)
        lanes: list[str] = []

        def race(person: Person, begin: threading.Barrier = begin, lanes: list[str] = lanes) -> None:
            with database.app_context():
                begin.wait()
                lanes.append(lane(account_id, person))

        threads = [threading.Thread(target=race, args=(one,)) for one in (both, alone, both, alone)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(lanes) == 4
        assert len(set(lanes)) == 1
    assert len(people()) == 10
