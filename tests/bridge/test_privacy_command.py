"""`privacy export` gives a person all that is held of them; `privacy erase` ends it."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import update

from app.domain.merge_record import MergeOrder
from app.domain.workspace import Workspace
from app.services import services
from app.storage import merges
from app.storage.database import transaction
from app.storage.models import AuditRecord, ChannelAccount, ConversationLink, Identity
from app.storage.models import Workspace as Row
from tests.bridge.conftest import Bridge
from tests.bridge.leftovers import leftovers
from tests.bridge.test_erase_person import (
    MAYA,
    OTHER,
    PERSON,
    PHONE,
    ROSA,
    maya_writes,
    now,
    other_writes,
    told_of_elsewhere,
)


def run(bridged: Bridge, *words: str, **further: Any) -> Result:
    return bridged.app.test_cli_runner().invoke(args=["privacy", *words], **further)


def export(bridged: Bridge, *words: str) -> Any:
    result = run(bridged, "export", *words)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_everything_that_erasing_takes_away_is_in_the_export(bridged_anywhere: Bridge) -> None:
    bridged = bridged_anywhere
    other_writes(bridged)
    user = maya_writes(bridged)
    told_of_elsewhere(bridged, user)
    bridged.telegram("Where is my parcel?? (waiting)", sender=MAYA, first_name="Maya")
    document = export(bridged, "--contact", user, "--workspace", bridged.workspace.app_id)
    written = json.dumps(document, ensure_ascii=False)
    assert [word for word in PERSON if word not in written] == []
    assert [word for word in OTHER if word in written] == []
    assert {part: len(rows) for part, rows in document.items() if isinstance(rows, list)} == {
        "contact_ids": 3,
        "identities": 2,
        "events": 4,
        "merges": 2,
        "recorded": 3,
        "known_lately": 2,
        "merged_away": 2,
        "gone": 0,
    }
    [telegram] = [one for one in document["identities"] if one["channel"] == "telegram"]
    assert (telegram["account"]["name"], telegram["match"]["rule"]) == ("Shop", "merged")
    assert telegram["conversation"]["conversation_id"]
    assert {one["payload"].get("text") for one in document["events"]} >= {"Where is my parcel", "It is for Grandma"}
    assert "secret" not in written
    assert "worker" not in written


@pytest.mark.parametrize("asks", ["lead", "user"])
def test_of_a_merge_that_failed_each_gets_their_own_side(asks: str, bridged_anywhere: Bridge) -> None:
    bridged = bridged_anywhere
    sides = {"lead": "Maya Öztürk", "user": "Bruno Other"}
    ids = {
        role: bridged.intercom.create_contact({"role": role, "name": name, "email": f"{role}@home.example"}).id
        for role, name in sides.items()
    }
    before = {role: bridged.intercom.contact(ids[role]).snapshot for role in sides}
    order = MergeOrder(
        workspace_id=bridged.workspace.app_id,
        lead_id=ids["lead"],
        user_id=ids["user"],
        teammate=ROSA,
        conversation_id=None,
        consents=frozenset(),
        reason="Maya says that she is Bruno",
    )
    with bridged.app.app_context(), transaction(write=True) as connection:
        claimed = merges.claim(connection, order, now())
        assert claimed is not None
        merges.mark_sent(connection, claimed.id, lead_before=before["lead"], user_before=before["user"], at=now())
        merges.mark_failed(connection, claimed.id, failure="invalid_merge_other", request_id=None, at=now())
    [merge] = export(bridged, "--contact", ids[asks])["merges"]
    assert (merge["from_before"] is None, merge["into_before"] is None) == (asks == "user", asks == "lead")
    assert (merge["from_id"], merge["into_id"], merge["admin_name"]) == (ids["lead"], ids["user"], ROSA.name)
    other = sides["user" if asks == "lead" else "lead"]
    assert sides[asks] in json.dumps(merge, ensure_ascii=False)
    assert [word for word in (*other.split(), "she is") if word in json.dumps(merge, ensure_ascii=False)] == []


def test_a_sender_is_found_by_a_phone_as_somebody_types_it(bridged: Bridge) -> None:
    user = maya_writes(bridged)
    same = export(bridged, "--channel", "africastalking", "--sender", "+1 (415) 555-0123")
    assert user in same["contact_ids"]
    assert export(bridged, "--channel", "telegram", "--sender", str(MAYA))["contact_ids"] == same["contact_ids"]


def test_taking_it_away_is_recorded_and_looking_before_erasing_is_not(bridged: Bridge) -> None:
    user = maya_writes(bridged)
    export(bridged, "--contact", user)
    run(bridged, "erase", "--contact", user, input="n\n")
    with bridged.app.app_context(), transaction() as connection:
        taken = connection.execute(AuditRecord.__table__.select().where(AuditRecord.action == "person_exported")).all()
        assert [user in one.details["contact_ids"] for one in taken] == [True]


def test_a_file_is_for_its_owner_alone_and_overwrites_nothing(bridged: Bridge, tmp_path: Path) -> None:
    user = maya_writes(bridged)
    path = tmp_path / "maya.json"
    told = run(bridged, "export", "--contact", user, "--output", str(path))
    assert told.exit_code == 0
    assert "2 channel identities, 2 stored messages, 2 merges with both contacts as they were" in told.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["contact_ids"]
    before = path.read_bytes()
    again = run(bridged, "export", "--contact", user, "--output", str(path), "--json")
    assert (again.exit_code, path.read_bytes()) == (1, before)
    assert "is there already" in json.loads(again.output)["error"]
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "elsewhere.json")
    assert run(bridged, "export", "--contact", user, "--output", str(link)).exit_code == 1
    assert not (tmp_path / "elsewhere.json").exists()


def test_erasing_asks_first_and_tells_what_went(bridged_anywhere: Bridge) -> None:
    bridged = bridged_anywhere
    user = maya_writes(bridged)
    bridged.telegram("Where is my parcel?? (waiting)", sender=MAYA, first_name="Maya")
    declined = run(bridged, "erase", "--contact", user, input="n\n")
    assert declined.exit_code == 1
    assert "Kinbox holds 2 channel identities, 3 stored messages" in declined.output
    assert leftovers(bridged.app, PERSON)
    done = run(bridged, "erase", "--contact", user, input="y\n")
    assert done.exit_code == 0
    assert "Erased: 2 channel identities, 2 links to conversations, 3 stored messages" in done.output
    assert "1 of the messages had not been brought into Intercom yet." in done.output
    assert "delete the contact there too" in done.output
    assert leftovers(bridged.app, PERSON) == []
    with bridged.app.app_context(), transaction() as connection:
        [recorded] = connection.execute(AuditRecord.__table__.select().where(AuditRecord.action == "person_erased"))
        assert (recorded.contact_id, recorded.admin_id, recorded.details["identities"]) == (user, None, 2)


def test_erasing_a_sender_by_machine(bridged: Bridge) -> None:
    user = maya_writes(bridged)
    asked = run(bridged, "erase", "--channel", "telegram", "--sender", str(MAYA), "--json")
    assert (asked.exit_code, "--yes" in json.loads(asked.output)["error"]) == (2, True)
    done = run(bridged, "erase", "--channel", "telegram", "--sender", str(MAYA), "--yes", "--json")
    answer = json.loads(done.output)
    assert done.exit_code == 0
    assert (user in answer["contact_ids"], answer["identities"], answer["waiting"]) == (True, 2, 0)
    assert leftovers(bridged.app, PERSON) == []
    again = run(bridged, "erase", "--channel", "telegram", "--sender", str(MAYA), "--yes")
    assert (again.exit_code, again.output) == (1, "Kinbox holds nothing of this person.\n")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 2),
        (["--contact", "1", "--sender", "2"], 2),
        (["--channel", "telegram"], 2),
        (["--channel", "pigeon", "--sender", "2"], 2),
        (["--channel", "telegram", "--sender", " "], 2),
        (["--contact", "1", "--workspace", "another"], 1),
        (["--contact", "66a1f0c2d3e4f5a6b7c8d9e0"], 1),
        (["--channel", "telegram", "--sender", "2", "--account", "999"], 1),
    ],
)
def test_what_cannot_be_answered_is_told(words: list[str], code: int, bridged: Bridge) -> None:
    result = run(bridged, "export", *words)
    assert result.exit_code == code
    assert result.output.strip()


def test_one_account_alone_can_be_meant(bridged: Bridge) -> None:
    bridged.sms("Hello", PHONE)
    bridged.work()
    accounts = bridged.app.test_cli_runner().invoke(args=["channels", "list", "--json"])
    ids = {one["slug"]: one["id"] for one in json.loads(accounts.output)}
    words = ("--channel", "africastalking", "--sender", PHONE, "--account")
    assert export(bridged, *words, str(ids["africastalking"]))["contact_ids"] == [bridged.contact_of(PHONE)]
    assert run(bridged, "export", *words, str(ids["telegram"])).exit_code == 1


def test_a_workspace_that_left_or_whose_token_no_key_opens_still_has_people(bridged: Bridge) -> None:
    bridged.sms("Hello", PHONE)
    bridged.work()
    with bridged.app.app_context(), transaction(write=True) as connection:
        gone = Workspace(id="gone", region="us", token="dG9r")
        services().workspaces.save(connection, gone, now())
        connection.execute(update(Row).where(Row.id == "gone").values(uninstalled_at=now(), encrypted_token="odd"))
        connection.execute(update(ConversationLink).values(workspace_id="gone"))
        connection.execute(update(ChannelAccount).values(workspace_id="gone"))
        connection.execute(update(Identity).values(workspace_id="gone"))
    words = ("--channel", "africastalking", "--sender", PHONE)
    several = run(bridged, "export", *words)
    assert (several.exit_code, "say which with --workspace" in several.output) == (2, True)
    assert export(bridged, *words, "--workspace", "gone")["identities"][0]["phone"] == PHONE
    assert run(bridged, "erase", *words, "--workspace", "gone", "--yes").exit_code == 0
    assert bridged.linked() == []


@pytest.mark.parametrize(
    "words", [["--contact", "\udcff"], ["--channel", "telegram", "--sender", "5", "--account", "9" * 30]]
)
@pytest.mark.parametrize("command", [["export"], ["erase", "--yes"]])
def test_who_can_be_nobody_is_refused(bridged: Bridge, command: list[str], words: list[str]) -> None:
    result = bridged.app.test_cli_runner().invoke(args=["privacy", *command, *words])
    assert result.exit_code == 2
