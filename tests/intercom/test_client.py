"""The client's methods: what they send, what they return, and which error each refusal becomes."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses

from app.intercom.client import Intercom
from app.intercom.errors import (
    Conflict,
    NotRestorable,
    NotServed,
    Unreadable,
)

API = "https://api.intercom.test"
LEAD = "66a1f0c2d3e4f5a6b7c8d9e0"
USER = "5fb1c2d3e4f5a6b7c8d9e0f1"


def user(contact_id: str = USER, **fields: Any) -> dict[str, Any]:
    return {"type": "contact", "id": contact_id, "role": "user", "workspace_id": "ab12cd34"} | fields


def fault(code: str, message: str) -> dict[str, Any]:
    return {"type": "error.list", "request_id": "req-1", "errors": [{"code": code, "message": message}]}


def sent(api: responses.RequestsMock, index: int = 0) -> Any:
    return json.loads(api.calls[index].request.body or b"null")


def test_a_contact_is_read_with_the_pinned_version_and_the_token(
    api: responses.RequestsMock, intercom: Intercom
) -> None:
    api.get(f"{API}/contacts/{USER}", json=user(name="Maya"))
    assert intercom.contact(USER).name == "Maya"
    headers = api.calls[0].request.headers
    assert headers["Intercom-Version"] == "2.16"
    assert headers["Authorization"] == "Bearer tok_s3cret"
    assert headers["Accept"] == "application/json"
    assert headers["User-Agent"] == "kinbox/0.1.0"


def test_the_merge_history_of_a_contact_is_asked_for_only_when_wanted(
    api: responses.RequestsMock, intercom: Intercom
) -> None:
    merges = [{"type": "merge_history", "source_contact_id": LEAD}]
    api.get(f"{API}/contacts/{USER}", json=user(merge_history=merges))
    assert intercom.contact(USER, merge_history=True).merged_from == (LEAD,)
    intercom.contact(USER)
    assert [call.request.url for call in api.calls] == [
        f"{API}/contacts/{USER}?include_merge_history=true",
        f"{API}/contacts/{USER}",
    ]


def test_an_external_id_is_quoted_whole(api: responses.RequestsMock, intercom: Intercom) -> None:
    api.get(f"{API}/contacts/find_by_external_id/a%2Fb%3Fc%20%C3%A9", json=user(external_id="a/b?c é"))
    assert intercom.user_by_external_id("a/b?c é").id == USER


@pytest.mark.parametrize("contact_id", ["", ".", "..", "\ud800"])
def test_an_id_that_no_path_can_hold_is_not_served_and_not_asked_for(
    api: responses.RequestsMock, intercom: Intercom, contact_id: str
) -> None:
    with pytest.raises(NotServed):
        intercom.contact(contact_id)
    assert len(api.calls) == 0


def test_a_search_returns_its_contacts_and_the_total(api: responses.RequestsMock, intercom: Intercom) -> None:
    api.post(f"{API}/contacts/search", json={"data": [user(), user(LEAD)], "total_count": 7, "pages": {}})
    query = {"field": "phone", "operator": "=", "value": "+35315550123"}
    page = intercom.search_contacts(query, per_page=2, sort={"field": "updated_at", "order": "descending"})
    assert [contact.id for contact in page.contacts] == [USER, LEAD]
    assert page.total == 7
    assert sent(api) == {
        "query": query,
        "pagination": {"per_page": 2},
        "sort": {"field": "updated_at", "order": "descending"},
    }


@pytest.mark.parametrize(
    "body",
    [
        {"data": None, "total_count": 0},
        {"data": ["x"], "total_count": 1},
        {"data": [{"role": "user"}], "total_count": 1},
        {"data": [], "total_count": True},
        {"data": []},
    ],
)
def test_a_search_answer_that_breaks_its_promise_is_unreadable(
    api: responses.RequestsMock, intercom: Intercom, body: dict[str, Any]
) -> None:
    api.post(f"{API}/contacts/search", json=body)
    with pytest.raises(Unreadable) as caught:
        intercom.search_contacts({"field": "role", "operator": "=", "value": "user"})
    assert not caught.value.maybe_done


def test_a_contact_is_created_and_updated_with_just_the_given_fields(
    api: responses.RequestsMock, intercom: Intercom
) -> None:
    api.post(f"{API}/contacts", json=user(LEAD, role="lead"))
    api.put(f"{API}/contacts/{LEAD}", json=user(LEAD))
    assert intercom.create_contact({"role": "lead"}).is_lead
    assert intercom.update_contact(LEAD, {"role": "user", "email": "m@example.com"}).role == "user"
    assert sent(api, 0) == {"role": "lead"}
    assert sent(api, 1) == {"role": "user", "email": "m@example.com"}


def test_a_created_contact_without_an_id_may_exist(api: responses.RequestsMock, intercom: Intercom) -> None:
    api.post(f"{API}/contacts", json={"type": "contact"})
    with pytest.raises(Unreadable) as caught:
        intercom.create_contact({"role": "lead"})
    assert caught.value.maybe_done


@pytest.mark.parametrize(
    ("message", "contact_id", "archived"),
    [
        (f"A contact matching those details already exists with id={USER}", USER, False),
        (f"An archived contact matching those details already exists with id={USER}", USER, True),
        ("A contact matching those details already exists", None, False),
    ],
)
def test_a_conflict_names_the_contact_in_the_way(
    api: responses.RequestsMock, intercom: Intercom, message: str, contact_id: str | None, archived: bool
) -> None:
    api.post(f"{API}/contacts", status=409, json=fault("conflict", message))
    with pytest.raises(Conflict) as caught:
        intercom.create_contact({"email": "m@example.com"})
    assert (caught.value.contact_id, caught.value.archived) == (contact_id, archived)
    assert not caught.value.maybe_done


@pytest.mark.parametrize(
    ("status", "code", "message", "reason"),
    [
        (400, "bad_request", "User has been marked for permanent deletion and is not restorable.", "deleted"),
        (400, "bad_request", "User has been merged and is not restorable.", "merged"),
        (422, "not_restorable", "User is not restorable", "blocked"),
        (400, "bad_request", "No", "other"),
    ],
)
def test_a_contact_that_cannot_come_back_says_why(
    api: responses.RequestsMock, intercom: Intercom, status: int, code: str, message: str, reason: str
) -> None:
    api.post(f"{API}/contacts/{USER}/unarchive", status=status, json=fault(code, message))
    with pytest.raises(NotRestorable) as caught:
        intercom.unarchive(USER)
    assert caught.value.reason == reason


def test_archive_and_unarchive_call_their_own_paths(api: responses.RequestsMock, intercom: Intercom) -> None:
    api.post(f"{API}/contacts/{USER}/archive", json={"id": USER, "archived": True})
    api.post(f"{API}/contacts/{USER}/unarchive", json={"id": USER, "archived": False})
    intercom.archive(USER)
    intercom.unarchive(USER)
    assert len(api.calls) == 2
