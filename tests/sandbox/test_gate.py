"""What is checked before a call is looked at: token, version, Accept, rate limit."""

from __future__ import annotations

import pytest

from app.sandbox import people
from app.sandbox.workspace import Workspace
from tests.sandbox.caller import Caller, Clock, error


def test_an_answer_carries_request_id_version_and_rate_limit(call: Caller, clock: Clock) -> None:
    answer = call.get("/me")
    assert answer.status_code == 200
    assert len(answer.headers["X-Request-Id"]) == 36
    assert answer.headers["Intercom-Version"] == "2.16"
    assert answer.headers["X-RateLimit-Limit"] == "1666"
    assert answer.headers["X-RateLimit-Remaining"] == "1665"
    assert int(answer.headers["X-RateLimit-Reset"]) == clock.now_s + 10


def test_an_error_names_its_request(call: Caller) -> None:
    answer = call.get("/contacts/nobody")
    assert answer.json is not None
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_without_a_token_nothing_is_served(call: Caller) -> None:
    call.headers.pop("Authorization")
    assert error(call.get("/me"))[:2] == (401, "missing_authorization")


def test_a_wrong_token_is_unauthorized(call: Caller) -> None:
    refused = error(call.get("/me", Authorization="Bearer other"))
    assert refused == (401, "unauthorized", "Access Token Invalid")


@pytest.mark.parametrize(("state", "code"), [("revoked", "token_revoked"), ("expired", "token_expired")])
def test_a_token_can_be_taken_back(call: Caller, workspace: Workspace, state: str, code: str) -> None:
    workspace.faults.access = state
    assert error(call.get("/me"))[:2] == (401, code)


@pytest.mark.parametrize("version", ["3.0", "2.99", "1.4", "latest", ""])
def test_an_unknown_version_is_invalid(call: Caller, version: str) -> None:
    assert error(call.get("/me", Intercom_Version=version))[:2] == (400, "intercom_version_invalid")


def test_without_a_version_header_the_newest_applies(call: Caller) -> None:
    call.headers.pop("Intercom-Version")
    assert call.get(f"/contacts/{people.MERGED_LEAD}").status_code == 410


def test_an_endpoint_of_a_later_version_is_invalid_before_it(call: Caller) -> None:
    path = f"/contacts/{people.MERGED_SURVIVOR}/merge_history"
    assert error(call.get(path, Intercom_Version="2.15"))[:2] == (400, "intercom_version_invalid")


@pytest.mark.parametrize("accept", ["text/html", "application/xml"])
def test_another_accept_header_is_not_acceptable(call: Caller, accept: str) -> None:
    assert error(call.get("/me", Accept=accept))[:2] == (406, "media_type_not_acceptable")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html, application/json;q=0.5"])
def test_an_accept_header_with_json_is_fine(call: Caller, accept: str) -> None:
    assert call.get("/me", Accept=accept).status_code == 200


def test_calls_over_the_limit_are_refused_until_the_window_ends(
    call: Caller, workspace: Workspace, clock: Clock
) -> None:
    workspace.faults.rate_limit = 2
    assert [call.get("/me").status_code for _ in range(2)] == [200, 200]
    over = call.get("/me")
    assert error(over) == (429, "rate_limit_exceeded", "Exceeded rate limit of 2 in 10_seconds")
    assert over.headers["X-RateLimit-Remaining"] == "0"
    clock.now_s = float(over.headers["X-RateLimit-Reset"])
    assert call.get("/me").status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/contacts/x/y/z"])
def test_an_unknown_path_is_not_found(call: Caller, path: str) -> None:
    assert error(call.get(path)) == (404, "not_found", "Resource Not Found")


def test_a_body_that_is_no_json_object_is_a_bad_request(call: Caller) -> None:
    answer = call.client.post("/contacts", data=b"{nonsense", headers=call.headers)
    assert error(answer)[:2] == (400, "bad_request")


def test_me_names_the_workspace(call: Caller, workspace: Workspace) -> None:
    body = call.get("/me").json
    assert body is not None
    assert body["id"] == people.ROSA
    assert body["app"]["id_code"] == workspace.app_id
    assert body["app"]["region"] == "US"


def test_admins_and_teams_are_listed(call: Caller) -> None:
    listed = call.get("/admins").json
    assert listed is not None
    assert [admin["id"] for admin in listed["admins"]] == [people.ROSA, people.DECLAN, people.MIKA]
    assert error(call.get("/admins/1"))[:2] == (404, "admin_not_found")
    assert call.get(f"/teams/{people.SALES_TEAM}").status_code == 200
    assert error(call.get("/teams/1"))[:2] == (404, "team_not_found")
