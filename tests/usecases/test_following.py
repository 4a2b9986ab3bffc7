"""A merge that was made elsewhere, followed by what an answer of Intercom's says: which may be old by now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.domain.identity import Match
from app.domain.merge_record import MergeOrder
from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.services import services
from app.storage import audit, identities, merges, redirects
from app.storage.database import transaction
from app.usecases.following import ELSEWHERE, follow

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


@pytest.fixture
def account(database: Flask) -> int:
    with transaction(write=True) as connection:
        services().workspaces.save(connection, Workspace(id="abc12", region="us"), NOW)
        return services().channels.ensure(connection, "abc12", slug="twilio", address="+1555", name="M", at=NOW).id


def link(account: int, sender_id: str, contact_id: str) -> None:
    with transaction(write=True) as connection:
        sender = identities.Sender(account_id=account, sender_id=sender_id)
        identities.link(connection, "abc12", sender, contact_id, match=Match("phone").to_json(), at=NOW)


def follows(lead_id: str, survivor_id: str) -> str:
    with transaction(write=True) as connection:
        return follow(connection, "abc12", lead_id, survivor_id, at=NOW)


def ends(*contact_ids: str) -> list[str]:
    with transaction() as connection:
        return [redirects.survivor(connection, "abc12", one) for one in contact_ids]


def linked(contact_id: str) -> int:
    with transaction() as connection:
        return len(identities.of_contact(connection, "abc12", contact_id))


def test_an_old_answer_does_not_undo_a_later_merge(account: int) -> None:
    link(account, "+1", "a")
    assert follows("b", "c") == "c"
    assert follows("a", "b") == "c"
    assert ends("a", "b", "c") == ["c", "c", "c"]
    assert linked("c") == 1


def test_every_order_of_a_chain_ends_the_same(account: int) -> None:
    for number, order in enumerate(((0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0))):
        names = [f"{letter}{number}" for letter in "abcd"]
        link(account, f"+1{number}", names[0])
        for step in order:
            follows(names[step], names[step + 1])
        assert ends(*names) == [names[3]] * 4
        assert linked(names[3]) == 1


def test_a_loop_is_ended_by_the_newest_answer(account: int) -> None:
    link(account, "+1", "a")
    follows("b", "a")
    assert follows("a", "b") == "b"
    assert ends("a", "b") == ["b", "b"]
    assert linked("b") == 1


def test_following_again_leaves_no_second_record(account: int) -> None:
    link(account, "+1", "a")
    for _ in range(3):
        follows("a", "b")
    with transaction() as connection:
        assert len(audit.of_contact(connection, "abc12", "b")) == 1
    link(account, "+2", "a")
    follows("a", "b")
    assert linked("b") == 2


@pytest.mark.parametrize("state", ["asked", "sent", "in doubt", "failed"])
def test_a_merge_that_a_teammate_sent_is_theirs_however_it_becomes_known(state: str, account: int) -> None:
    link(account, "+1", "a")
    with transaction(write=True) as connection:
        rosa = Teammate("4410021", "Rosa Teammate")
        order = MergeOrder(
            workspace_id="abc12", lead_id="a", user_id="b", teammate=rosa, conversation_id=None, consents=frozenset()
        )
        merge = merges.claim(connection, order, NOW)
        assert merge is not None
        if state != "asked":
            merges.mark_sent(connection, merge.id, lead_before={}, user_before={}, at=NOW)
        if state == "in doubt":
            merges.mark_in_doubt(connection, merge.id, failure="slow", request_id=None)
        if state == "failed":
            merges.mark_failed(connection, merge.id, failure="not_merged", request_id=None, at=NOW)
    follows("a", "b")
    by = "Rosa Teammate" if state in {"sent", "in doubt"} else "somebody inside Intercom"
    with transaction() as connection:
        assert [one.match for one in identities.of_contact(connection, "abc12", "b")] == [Match("merged", by)]
    follows("b", "c")
    with transaction() as connection:
        assert [one.match for one in identities.of_contact(connection, "abc12", "c")] == [ELSEWHERE], "another merge"


def test_a_redirect_away_from_somebody_who_is_served_goes_once_it_is_old(account: int) -> None:
    follows("a", "b")
    with transaction(write=True) as connection:
        assert not redirects.forget(connection, "abc12", "a", before=NOW - timedelta(minutes=10))
        assert not redirects.forget(connection, "xyz77", "a", before=NOW + timedelta(minutes=10))
        assert redirects.forget(connection, "abc12", "a", before=NOW + timedelta(minutes=10))
    assert ends("a") == ["a"]
