"""Merging: what is sent, and what each refusal is called."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from app.intercom.client import Intercom
from app.intercom.errors import (
    ContactMerged,
    Disconnected,
    ExternalLead,
    FacebookContact,
    Forbidden,
    IntercomError,
    InvalidMerge,
    NotServed,
    Refused,
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


def test_a_merge_sends_both_ids_and_returns_the_survivor(api: responses.RequestsMock, intercom: Intercom) -> None:
    api.post(f"{API}/contacts/merge", json=user())
    assert intercom.merge(LEAD, USER).id == USER
    intercom.merge(LEAD, USER, skip_duplicate_validation=True)
    assert sent(api, 0) == {"from": LEAD, "into": USER}
    assert sent(api, 1) == {"from": LEAD, "into": USER, "skip_duplicate_validation": True}


@pytest.mark.parametrize("body", [user(LEAD), {"type": "contact"}, []])
def test_a_merge_answer_that_is_not_the_survivor_leaves_the_merge_in_doubt(
    api: responses.RequestsMock, intercom: Intercom, body: Any
) -> None:
    api.post(f"{API}/contacts/merge", json=body)
    with pytest.raises(Unreadable) as caught:
        intercom.merge(LEAD, USER)
    assert caught.value.maybe_done
    assert not caught.value.retryable


NOT_DUPLICATES = (
    "Contacts can only be merged when they are duplicates (matching email or phone). "
    "Pass skip_duplicate_validation=true to override this check."
)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (NOT_DUPLICATES, "no_shared_identifier"),
        ("Merging can only be performed on a lead into a user", "roles"),
        ("Something new", "other"),
    ],
)
def test_the_two_meanings_of_invalid_merge_are_told_apart(
    api: responses.RequestsMock, intercom: Intercom, message: str, reason: str
) -> None:
    api.post(f"{API}/contacts/merge", status=400, json=fault("invalid_merge", message))
    with pytest.raises(InvalidMerge) as caught:
        intercom.merge(LEAD, USER)
    assert caught.value.reason == reason
    assert not caught.value.maybe_done


EXTERNAL = (
    "User merge for external leads is disabled by default unless explicitly allowed by passing allowed channels array"
)


@pytest.mark.parametrize(
    ("status", "code", "message", "error"),
    [
        (422, "unprocessable_entity", EXTERNAL, ExternalLead),
        (400, "unprocessable_entity", EXTERNAL, ExternalLead),
        (422, "parameter_invalid", "Facebook users can't be merged", FacebookContact),
        (404, "not_found", "Contact Not Found", NotServed),
        (400, "parameter_missing", "from is missing", Refused),
        (401, "token_revoked", "Token revoked", Disconnected),
        (401, "unauthorized", "Access Token Invalid", Disconnected),
        (403, "action_forbidden", "No", Forbidden),
        (403, "api_plan_restricted", "Active subscription needed.", Forbidden),
        (406, "media_type_not_acceptable", "No", Refused),
    ],
)
def test_a_refused_merge_is_named_for_its_fault_and_certainly_did_nothing(
    api: responses.RequestsMock,
    intercom: Intercom,
    status: int,
    code: str,
    message: str,
    error: type[IntercomError],
) -> None:
    api.post(f"{API}/contacts/merge", status=status, json=fault(code, message))
    with pytest.raises(error) as caught:
        intercom.merge(LEAD, USER)
    assert type(caught.value) is error
    assert (caught.value.status, caught.value.code) == (status, code)
    assert caught.value.request_id == "req-1"
    assert not caught.value.maybe_done
    assert not caught.value.retryable
    assert len(api.calls) == 1


@pytest.mark.parametrize(
    ("link", "survivor_id"),
    [
        (f'</contacts/{USER}>; rel="canonical"', USER),
        (f"</contacts/{USER}>; rel=canonical", USER),
        (f'<https://api.intercom.io/contacts/{USER}>; rel="canonical"', USER),
        (f'</help>; rel="help", </contacts/{USER}>; rel="canonical"', USER),
        (f'</contacts/{LEAD}>; rel="next", </contacts/{USER}>; rel="canonical"', USER),
        ('</companies/1>; rel="canonical"', None),
        ("garbage", None),
        (None, None),
    ],
)
def test_a_merged_contact_names_its_survivor(
    api: responses.RequestsMock, intercom: Intercom, link: str | None, survivor_id: str | None
) -> None:
    body = {"type": "error.list", "errors": [{"code": "contact_merged", "message": "Contact merged"}]}
    api.get(f"{API}/contacts/{LEAD}", status=410, json=body, headers={"Link": link} if link else {})
    with pytest.raises(ContactMerged) as caught:
        intercom.contact(LEAD)
    assert caught.value.survivor_id == survivor_id


def test_the_merge_history_is_newest_first_with_aware_times(api: responses.RequestsMock, intercom: Intercom) -> None:
    entry = {"source_contact_id": LEAD, "source_contact_role": "lead", "merged_at": 1_789_000_000}
    api.get(f"{API}/contacts/{USER}/merge_history", json={"data": [entry], "has_more": False})
    [merge] = intercom.merge_history(USER)
    assert merge.source_id == LEAD
    assert merge.merged_at == datetime(2026, 9, 10, 0, 26, 40, tzinfo=UTC)
