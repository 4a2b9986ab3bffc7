from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from flask import Flask

from app.storage import contact_states
from app.storage.contact_states import ARCHIVED, BLOCKED, DELETED, ERASED, State
from app.storage.database import transaction

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def test_a_state_is_kept_for_its_workspace_and_cleared(database: Flask) -> None:
    with transaction(write=True) as connection:
        assert contact_states.mark(connection, "abc12", "a", ARCHIVED, NOW)
        assert contact_states.get(connection, "abc12", "a") == State(ARCHIVED, NOW)
        assert contact_states.get(connection, "xyz77", "a") is None
        assert not contact_states.clear(connection, "xyz77", "a")
        assert contact_states.clear(connection, "abc12", "a")
        assert not contact_states.clear(connection, "abc12", "a")
        assert contact_states.get(connection, "abc12", "a") is None


def test_saying_it_again_changes_nothing(database: Flask) -> None:
    with transaction(write=True) as connection:
        contact_states.mark(connection, "abc12", "a", ARCHIVED, NOW)
        assert not contact_states.mark(connection, "abc12", "a", ARCHIVED, LATER)
        assert contact_states.get(connection, "abc12", "a") == State(ARCHIVED, NOW)


@pytest.mark.parametrize("order", list(permutations([ARCHIVED, BLOCKED, DELETED, ERASED])), ids="-".join)
def test_in_any_order_the_most_is_known_at_the_end(order: tuple[str, ...], app: Flask) -> None:
    with app.app_context(), transaction(write=True) as connection:
        for state in order:
            contact_states.mark(connection, "abc12", "a", state, NOW)
        known = contact_states.get(connection, "abc12", "a")
        assert known is not None
        assert known.state == ERASED


def test_who_was_erased_stays_so_though_intercom_serves_them(database: Flask) -> None:
    with transaction(write=True) as connection:
        for contact_id, state in (("a", ARCHIVED), ("d", DELETED), ("e", ERASED)):
            contact_states.mark(connection, "abc12", contact_id, state, NOW)
        assert contact_states.erased(connection, "abc12", ["a", "d", "e", "x"]) == {"e"}
        assert contact_states.erased(connection, "xyz77", ["d", "e"]) == frozenset()
        assert not contact_states.clear(connection, "abc12", "e")
        assert contact_states.get(connection, "abc12", "e") == State(ERASED, NOW)


def test_a_look_says_nothing_against_what_was_learnt_since_it_began() -> None:
    known = State(DELETED, NOW)
    assert (known.is_newer_than(NOW - timedelta(seconds=1)), known.is_newer_than(NOW)) == (True, True)
    assert not known.is_newer_than(LATER)
    assert {one for one in (ARCHIVED, BLOCKED, DELETED, ERASED) if State(one, NOW).is_for_good} == {DELETED, ERASED}
