"""Troubles over a real connection: errors, delays, lost, broken and slow answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from app.sandbox import people
from app.sandbox.server import Server, create_sandbox, serve
from app.sandbox.workspace import Workspace

Json = dict[str, Any]


@pytest.fixture
def server(workspace: Workspace) -> Iterator[Server]:
    running = serve(create_sandbox(workspace))
    yield running
    running.stop()


def send(server: Server, method: str, path: str, body: Any = None) -> requests.Response:
    headers = {"Authorization": "Bearer sandbox-access-token", "Intercom-Version": "2.16"}
    return requests.request(method, server.url + path, json=body, headers=headers, timeout=10)


def switch(server: Server, **settings: Any) -> Json:
    answer = requests.put(f"{server.url}/_sandbox/faults", json=settings, timeout=10)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


MERGE = {"from": people.MAYA_LEAD, "into": people.MAYA_USER}


def test_an_answer_lost_after_the_merge_leaves_it_done(server: Server, workspace: Workspace) -> None:
    switch(server, faults=[{"kind": "lost", "when": "after", "path": "/contacts/merge", "count": 1}])
    with pytest.raises(requests.ConnectionError):
        send(server, "POST", "/contacts/merge", MERGE)
    assert send(server, "GET", f"/contacts/{people.MAYA_LEAD}").status_code == 410
    assert workspace.calls[0]["status"] is None
    assert workspace.calls[0]["faults"] == ["lost"]


def test_an_answer_lost_before_the_merge_leaves_it_undone(server: Server) -> None:
    switch(server, faults=[{"kind": "lost", "when": "before", "path": "/contacts/merge", "count": 1}])
    with pytest.raises(requests.ConnectionError):
        send(server, "POST", "/contacts/merge", MERGE)
    assert send(server, "GET", f"/contacts/{people.MAYA_LEAD}").status_code == 200
    assert send(server, "POST", "/contacts/merge", MERGE).status_code == 200


def test_a_counted_fault_strikes_only_so_often_and_only_where_it_fits(server: Server) -> None:
    switch(server, faults=[{"kind": "status", "status": 503, "method": "GET", "path": "/contacts/*", "count": 2}])
    path = f"/contacts/{people.MAYA_LEAD}"
    assert send(server, "GET", "/me").status_code == 200
    assert send(server, "PUT", path, {"name": "Maya"}).status_code == 200
    assert [send(server, "GET", path).status_code for _ in range(3)] == [503, 503, 200]


def test_an_error_may_come_after_the_work_was_done(server: Server, workspace: Workspace) -> None:
    switch(server, faults=[{"kind": "status", "status": 500, "when": "after", "count": 1}])
    answer = send(server, "POST", "/contacts", {"role": "lead", "name": "Ghost"})
    assert answer.status_code == 500
    assert answer.json()["errors"][0]["code"] == "server_error"
    assert any(contact["name"] == "Ghost" for contact in workspace.contacts())


def test_a_429_says_when_to_come_back(server: Server, workspace: Workspace) -> None:
    switch(server, faults=[{"kind": "status", "status": 429, "reset_s": 3, "count": 1}])
    answer = send(server, "GET", "/me")
    assert answer.json()["errors"][0]["code"] == "rate_limit_exceeded"
    assert int(answer.headers["X-RateLimit-Reset"]) == int(workspace.store.now()) + 3


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_delay_comes_before_the_answer(server: Server, when: str) -> None:
    switch(server, faults=[{"kind": "delay", "when": when, "delay_s": 0.3, "count": 1}])
    began = time.monotonic()
    assert send(server, "GET", "/me").status_code == 200
    assert time.monotonic() - began >= 0.3


def test_garbage_is_no_json(server: Server) -> None:
    switch(server, faults=[{"kind": "garbage", "count": 1}])
    answer = send(server, "GET", "/me")
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_a_dripping_answer_arrives_whole_but_late(server: Server) -> None:
    switch(server, faults=[{"kind": "drip", "delay_s": 0.4, "count": 1}])
    began = time.monotonic()
    answer = send(server, "GET", "/me")
    assert time.monotonic() - began >= 0.3
    assert answer.json()["type"] == "admin"


def test_a_rate_strikes_its_share_of_calls(server: Server) -> None:
    switch(server, faults=[{"kind": "status", "status": 500, "rate": 0.5}])
    statuses = [send(server, "GET", "/me").status_code for _ in range(40)]
    assert 8 <= statuses.count(500) <= 32
    switch(server, faults=[])
    assert send(server, "GET", "/me").status_code == 200


@pytest.mark.parametrize(
    "settings",
    [
        {"faults": [{"kind": "meteor"}]},
        {"faults": [{"status": 500}]},
        {"faults": [{"kind": "lost", "color": "red"}]},
        {"faults": [{"kind": "status", "status": 200}]},
        {"faults": 7},
        {"index_lag_s": -1},
        {"access": "maybe"},
        {"weather": "bad"},
    ],
)
def test_a_setting_that_is_unknown_changes_nothing(server: Server, settings: Json) -> None:
    before = requests.get(f"{server.url}/_sandbox/faults", timeout=10).json()
    answer = requests.put(f"{server.url}/_sandbox/faults", json=settings, timeout=10)
    assert answer.status_code == 400
    assert requests.get(f"{server.url}/_sandbox/faults", timeout=10).json() == before


def test_settings_that_are_not_named_stay(server: Server) -> None:
    switch(server, index_lag_s=120, rate_limit=50)
    shown = switch(server, faults=[{"kind": "delay", "delay_s": 0.1}])
    assert (shown["index_lag_s"], shown["rate_limit"], len(shown["faults"])) == (120, 50, 1)


def test_unconfirmed_switches_are_set_by_name_and_type(server: Server) -> None:
    url = f"{server.url}/_sandbox/unconfirmed"
    assert requests.get(url, timeout=10).json()["merge_fills_phone"] is True
    changed = requests.put(url, json={"merge_fills_phone": False, "merge_settles_after_s": 2}, timeout=10).json()
    assert (changed["merge_fills_phone"], changed["merge_settles_after_s"]) == (False, 2)
    assert requests.put(url, json={"merge_fills_phone": "no"}, timeout=10).status_code == 400
    assert requests.put(url, json={"magic": True}, timeout=10).status_code == 400


def test_calls_are_listed_with_their_bodies_and_forgotten_on_request(server: Server) -> None:
    send(server, "PUT", f"/contacts/{people.MAYA_LEAD}?x=1", {"name": "Maya"})
    [call] = requests.get(f"{server.url}/_sandbox/calls", timeout=10).json()["calls"]
    assert (call["method"], call["path"], call["query"]) == ("PUT", f"/contacts/{people.MAYA_LEAD}", "x=1")
    assert (call["status"], call["request"], call["response"]["name"]) == (200, {"name": "Maya"}, "Maya")
    assert call["ms"] > 0
    requests.delete(f"{server.url}/_sandbox/calls", timeout=10)
    assert requests.get(f"{server.url}/_sandbox/calls", timeout=10).json()["calls"] == []


def test_a_reset_brings_the_seed_back(server: Server, workspace: Workspace) -> None:
    send(server, "POST", "/contacts/merge", MERGE)
    switch(server, faults=[{"kind": "status"}], index_lag_s=60)
    assert requests.post(f"{server.url}/_sandbox/reset", timeout=10).status_code == 200
    assert send(server, "GET", f"/contacts/{people.MAYA_LEAD}").status_code == 200
    assert workspace.faults.to_dict()["index_lag_s"] == 0


def test_other_sites_may_not_switch_anything(server: Server) -> None:
    headers = {"Origin": "https://evil.example"}
    assert requests.post(f"{server.url}/_sandbox/reset", headers=headers, timeout=10).status_code == 403


def test_the_log_names_no_person(server: Server, workspace: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    workspace.store.state["contacts"][people.MAYA_LEAD].pop("_tags")
    caplog.set_level("DEBUG", logger="kinbox")
    answer = send(server, "GET", f"/contacts/{people.MAYA_LEAD}")
    assert answer.status_code == 500
    assert answer.json()["errors"][0]["code"] == "server_error"
    assert "the sandbox failed" in caplog.text
    assert people.MAYA_LEAD not in caplog.text
    assert "Maya" not in str([record.__dict__ for record in caplog.records])
