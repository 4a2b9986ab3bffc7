from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from app.domain.identity import Match
from app.domain.workspace import Workspace
from app.storage import identities, models
from app.storage.channels import ChannelRepository, StoredAccount
from app.storage.crypto import SecretBox
from app.storage.database import transaction
from app.storage.identities import Sender
from app.storage.workspaces import WorkspaceRepository

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
BY_PHONE = Match("phone", "+353861234567", ("c9",))
BOX = SecretBox([Fernet.generate_key().decode()])


def an_account(connection: Connection, workspace_id: str = "abc12", slug: str = "twilio") -> StoredAccount:
    WorkspaceRepository(BOX).add(connection, Workspace(id=workspace_id, region="us"), NOW)
    return ChannelRepository(BOX).ensure(
        connection, workspace_id, slug=slug, address="+15550100", name="Support", at=NOW
    )


def a_link(connection: Connection, sender: Sender, contact_id: str, workspace_id: str = "abc12") -> int:
    return identities.link(
        connection, workspace_id, sender, contact_id, match=BY_PHONE.to_json(), at=NOW, message_at=NOW
    )


def linked(connection: Connection, contact_id: str, workspace_id: str = "abc12") -> list[str]:
    return [one.sender_id for one in identities.of_contact(connection, workspace_id, contact_id)]


def test_a_link_is_shown_with_its_account_and_its_reason(database: Flask) -> None:
    with transaction(write=True) as connection:
        account = an_account(connection)
        sender = Sender(account_id=account.id, sender_id="+353861234567", display_name="An\x00n")
        identity_id = a_link(connection, sender, "c1")
    with transaction() as connection:
        [shown] = identities.of_contact(connection, "abc12", "c1")
    assert (shown.id, shown.channel, shown.account_name) == (identity_id, "twilio", "Support")
    assert (shown.display_name, shown.match, shown.last_message_at) == ("Ann", BY_PHONE, NOW)


def test_a_sender_is_linked_to_one_contact_at_a_time(database: Flask) -> None:
    with transaction(write=True) as connection:
        sender = Sender(account_id=an_account(connection).id, sender_id="s1", phone="+353861234567")
        first = a_link(connection, sender, "c1")
        again = identities.link(
            connection,
            "abc12",
            replace(sender, phone=None, handle="@ann"),
            "c2",
            match=Match("teammate", "Bo").to_json(),
            at=NOW + timedelta(days=1),
        )
        [row] = connection.execute(select(models.Identity))
    assert first == again == row.id
    assert (row.contact_id, row.phone, row.handle) == ("c2", "+353861234567", "@ann")
    assert (row.first_message_at, row.last_message_at) == (NOW, NOW)
    assert row.matched_at == NOW + timedelta(days=1)


def test_the_latest_message_comes_first_and_the_silent_last(database: Flask) -> None:
    with transaction(write=True) as connection:
        account = an_account(connection)
        for sender_id, message_at in [("old", NOW), ("silent", None), ("new", NOW + timedelta(hours=1))]:
            sender = Sender(account_id=account.id, sender_id=sender_id)
            identities.link(connection, "abc12", sender, "c1", match={}, at=NOW, message_at=message_at)
        assert linked(connection, "c1") == ["new", "old", "silent"]


def test_all_of_a_contacts_identities_follow_a_merge(database: Flask) -> None:
    merged = Match("merged", "Bo").to_json()
    with transaction(write=True) as connection:
        account, foreign = an_account(connection), an_account(connection, "xyz77")
        for sender_id, contact_id in [("s1", "lead"), ("s2", "lead"), ("s3", "other")]:
            a_link(connection, Sender(account_id=account.id, sender_id=sender_id), contact_id)
        a_link(connection, Sender(account_id=foreign.id, sender_id="s1"), "lead", "xyz77")
        moved = identities.repoint(connection, "abc12", "lead", "user", match=merged, at=NOW)
        assert moved == 2
        assert linked(connection, "user") == ["s1", "s2"]
        assert linked(connection, "other") == ["s3"]
        assert linked(connection, "lead", "xyz77") == ["s1"]
        assert identities.repoint(connection, "abc12", "lead", "user", match=merged, at=NOW) == 0


def test_a_move_holds_only_while_nobody_moved_it_before(database: Flask) -> None:
    decided = Match("teammate", "Bo").to_json()
    with transaction(write=True) as connection:
        identity_id = a_link(connection, Sender(account_id=an_account(connection).id, sender_id="s1"), "c1")

        def move(workspace_id: str, from_id: str, into_id: str) -> bool:
            return identities.move(connection, workspace_id, identity_id, from_id, into_id, match=decided, at=NOW)

        assert not move("xyz77", "c1", "c2")
        assert move("abc12", "c1", "c2")
        assert not move("abc12", "c1", "c3")
        assert linked(connection, "c2") == ["s1"]


def test_an_identity_needs_its_account(database: Flask) -> None:
    with pytest.raises(IntegrityError), transaction(write=True) as connection:
        a_link(connection, Sender(account_id=404, sender_id="s1"), "c1")
