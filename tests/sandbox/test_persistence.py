"""State on disk: a restart goes on where the workspace was left."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from app.sandbox import people
from app.sandbox.problems import ApiError
from app.sandbox.seed import furnished, harbour_and_pine
from app.sandbox.server import create_sandbox
from app.sandbox.workspace import Account, Workspace
from tests.sandbox.caller import Caller, Clock


def caller(path: Path, clock: Clock) -> tuple[Workspace, Caller]:
    workspace = Workspace(seed=harbour_and_pine, path=path, now=clock)
    return workspace, Caller(create_sandbox(workspace).test_client())


def test_a_restart_keeps_contacts_merges_and_messages(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "instance" / "sandbox.json"
    before, call = caller(path, clock)
    made = call.make(role="lead", name="Ζωή 🪑")
    call.post("/contacts/merge", {"from": people.MAYA_LEAD, "into": people.MAYA_USER})
    before.add_customer_message(made, "Hello", "sms")
    after, call = caller(path, clock)
    assert after.contact(made)["name"] == "Ζωή 🪑"
    assert call.get(f"/contacts/{people.MAYA_LEAD}").status_code == 410
    assert after.list_conversations() == before.list_conversations()
    assert call.make(role="lead") != made


def test_what_search_cannot_see_yet_stays_unseen_over_a_restart(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "sandbox.json"
    _workspace, call = caller(path, clock)
    made = call.make(role="lead", phone="+4930555000")
    workspace, call = caller(path, clock)
    workspace.faults.index_lag_s = 60
    query = {"field": "phone", "operator": "=", "value": "+4930555000"}
    assert call.find(query) == []
    clock.pass_s(60)
    assert call.find(query) == [made]


def test_uploaded_files_are_kept_beside_the_state(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "sandbox.json"
    _workspace, call = caller(path, clock)
    file = {"name": "a.txt", "content_type": "text/plain", "data": "aGVsbG8="}
    body = {"type": "user", "intercom_user_id": people.MAYA_LEAD, "body": "x", "attachment_files": [file]}
    call.post(f"/conversations/{people.MAYA_CONVERSATION}/reply", body)
    _workspace, call = caller(path, clock)
    conversation = call.get(f"/conversations/{people.MAYA_CONVERSATION}").json
    assert conversation is not None
    url = conversation["conversation_parts"]["conversation_parts"][-1]["attachments"][0]["url"]
    assert call.get(url).data == b"hello"


def test_reading_writes_nothing_and_writing_leaves_whole_json(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "sandbox.json"
    _workspace, call = caller(path, clock)
    call.get("/contacts")
    assert not path.exists()
    call.put(f"/contacts/{people.MAYA_LEAD}", {"name": "Maya"})
    assert json.loads(path.read_text("utf-8"))["contacts"][people.MAYA_LEAD]["name"] == "Maya"
    assert [item.name for item in tmp_path.iterdir()] == ["sandbox.json"]


def test_many_threads_lose_nothing(clock: Clock) -> None:
    workspace = Workspace(now=clock)
    app = create_sandbox(workspace)

    def make_ten() -> None:
        call = Caller(app.test_client())
        for _ in range(10):
            call.make(role="lead")

    threads = [threading.Thread(target=make_ten) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(workspace.contacts()) == 80


def test_what_the_workspace_returns_is_a_copy(workspace: Workspace) -> None:
    workspace.contact(people.MAYA_USER)["custom_attributes"]["plan"] = "stolen"
    workspace.conversation(people.MAYA_CONVERSATION)["source"]["body"] = "stolen"
    assert workspace.contact(people.MAYA_USER)["custom_attributes"]["plan"] == "home"
    assert "stolen" not in workspace.conversation(people.MAYA_CONVERSATION)["source"]["body"]


def test_secrets_are_not_in_the_repr() -> None:
    workspace = furnished(account=Account(app_id="abc12345", token="t0ken", client_secret="s3cret"))
    assert "t0ken" not in repr(workspace)
    assert "s3cret" not in repr(workspace)
    assert workspace.contact(people.MAYA_USER)["workspace_id"] == "abc12345"


def test_what_is_not_served_raises_and_is_seen_from_inside(workspace: Workspace) -> None:
    with pytest.raises(ApiError) as gone:
        workspace.contact(people.MERGED_LEAD)
    assert gone.value.status == 410
    raw = workspace.raw_contact(people.MERGED_LEAD)
    assert raw is not None
    assert (raw["_state"], raw["_merged_into"]) == ("merged", people.MERGED_SURVIVOR)
    assert workspace.raw_contact("f" * 24) is None
