"""Archive, unarchive, delete and block."""

from __future__ import annotations

import pytest

from app.sandbox import people
from tests.sandbox.caller import Caller, Clock, error

DAY_S = 24 * 3600


def test_an_archived_contact_comes_back_under_the_same_id(call: Caller) -> None:
    path = f"/contacts/{people.MAYA_USER}"
    assert call.post(f"{path}/archive").json == {
        "type": "contact",
        "id": people.MAYA_USER,
        "external_id": "cust-1001",
        "archived": True,
    }
    assert call.get(path).status_code == 404
    back = call.post(f"{path}/unarchive").json
    assert back is not None
    assert back["archived"] is False
    assert call.get(path).status_code == 200


@pytest.mark.parametrize(
    ("contact", "wanted"),
    [
        (
            people.DELETED_USER,
            (400, "bad_request", "User has been marked for permanent deletion and is not restorable."),
        ),
        (people.MERGED_LEAD, (400, "bad_request", "User has been merged and is not restorable.")),
        (people.BLOCKED_USER, (422, "not_restorable", "User has been blocked and is not restorable.")),
        ("f" * 24, (404, "not_found", "User Not Found")),
    ],
)
def test_what_does_not_come_back_says_why(call: Caller, contact: str, wanted: tuple[int, str, str]) -> None:
    assert error(call.post(f"/contacts/{contact}/unarchive")) == wanted


def test_a_deleted_user_is_forgotten_after_seven_days(call: Caller, clock: Clock) -> None:
    deleted = call.delete(f"/contacts/{people.MAYA_USER}").json
    assert deleted is not None
    assert deleted["deleted"] is True
    clock.pass_s(7 * DAY_S - 1)
    assert error(call.post("/contacts", {"external_id": "cust-1001"}))[0] == 409
    clock.pass_s(1)
    assert call.make(external_id="cust-1001") != people.MAYA_USER
    assert error(call.post(f"/contacts/{people.MAYA_USER}/unarchive"))[0] == 404


def test_blocking_closes_the_conversations(call: Caller) -> None:
    blocked = call.post(f"/contacts/{people.MAYA_LEAD}/block").json
    assert blocked is not None
    assert blocked["blocked"] is True
    conversation = call.get(f"/conversations/{people.MAYA_CONVERSATION}").json
    assert conversation is not None
    assert conversation["state"] == "closed"
    assert call.get(f"/contacts/{people.MAYA_LEAD}").status_code == 404
