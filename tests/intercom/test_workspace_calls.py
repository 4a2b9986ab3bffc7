"""Data attributes, conversations, the account and its admins."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses

from app.intercom.client import Intercom
from app.intercom.errors import Disconnected, Refused, Unavailable, Unreadable

API = "https://api.intercom.test"
USER = "5fb1c2d3e4f5a6b7c8d9e0f1"
TAKEN = "You already have 'kinbox_line_id' in your {} data. To save this as new people data, use a different name."


def sent(api: responses.RequestsMock) -> Any:
    return json.loads(api.calls[-1].request.body or b"null")


def account(**app: Any) -> dict[str, Any]:
    about = {"type": "app", "id_code": "ab12cd34", "name": "Shop", "region": "EU", "timezone": "Europe/Dublin"}
    return {"type": "admin", "id": 814, "name": "Ada", "app": about | app}


def test_contact_attributes_are_listed(api: responses.RequestsMock, intercom: Intercom) -> None:
    listed = [{"name": "kinbox_channel", "data_type": "string", "custom": True, "archived": False}]
    api.get(f"{API}/data_attributes", json={"type": "list", "data": listed})
    [attribute] = intercom.data_attributes()
    assert (attribute.name, attribute.data_type) == ("kinbox_channel", "string")
    assert attribute.custom
    assert not attribute.archived
    intercom.data_attributes(include_archived=True)
    assert [call.request.url for call in api.calls] == [
        f"{API}/data_attributes?model=contact",
        f"{API}/data_attributes?model=contact&include_archived=true",
    ]


def test_an_attribute_is_made_as_a_text_of_contacts(api: responses.RequestsMock, intercom: Intercom) -> None:
    api.post(f"{API}/data_attributes", json={"type": "data_attribute", "name": "kinbox_line_id"})
    assert intercom.create_data_attribute("kinbox_line_id", "LINE user id") is True
    assert sent(api) == {
        "name": "kinbox_line_id",
        "model": "contact",
        "data_type": "string",
        "description": "LINE user id",
    }


def test_an_attribute_that_is_there_already_is_fine(api: responses.RequestsMock, intercom: Intercom) -> None:
    fault = {"code": "parameter_invalid", "message": TAKEN.format("people")}
    api.post(f"{API}/data_attributes", status=400, json={"errors": [fault]})
    assert intercom.create_data_attribute("kinbox_line_id", "LINE user id") is False


@pytest.mark.parametrize("message", [TAKEN.format("company"), "Data Type isn't an option"])
def test_an_attribute_that_contacts_cannot_have_is_refused(
    api: responses.RequestsMock, intercom: Intercom, message: str
) -> None:
    fault = {"code": "parameter_invalid", "message": message}
    api.post(f"{API}/data_attributes", status=400, json={"errors": [fault]})
    with pytest.raises(Refused):
        intercom.create_data_attribute("kinbox_line_id", "LINE user id")


def test_conversations_are_counted_without_being_read(api: responses.RequestsMock, intercom: Intercom) -> None:
    api.post(f"{API}/conversations/search", json={"conversations": [], "total_count": 12})
    assert intercom.count_conversations(USER) == 12
    assert sent(api) == {
        "query": {"field": "contact_ids", "operator": "=", "value": USER},
        "pagination": {"per_page": 1},
    }


def test_a_note_is_left_by_an_admin(api: responses.RequestsMock, intercom: Intercom) -> None:
    api.post(f"{API}/conversations/123/reply", json={"type": "conversation", "id": "123"})
    intercom.add_note("123", "814", "<p>Merged.</p>")
    assert sent(api) == {
        "message_type": "note",
        "type": "admin",
        "admin_id": "814",
        "body": "<p>Merged.</p>",
    }


def test_a_note_on_an_unknown_conversation_is_refused(api: responses.RequestsMock, intercom: Intercom) -> None:
    api.post(f"{API}/conversations/123/reply", status=404, json={"errors": [{"code": "not_found"}]})
    with pytest.raises(Refused) as caught:
        intercom.add_note("123", "814", "<p>Merged.</p>")
    assert caught.value.status == 404


def test_a_note_without_an_answer_may_be_there(api: responses.RequestsMock, intercom: Intercom) -> None:
    api.post(f"{API}/conversations/123/reply", status=502)
    with pytest.raises(Unavailable) as caught:
        intercom.add_note("123", "814", "<p>Merged.</p>")
    assert caught.value.maybe_done


@pytest.mark.parametrize(("wire", "region"), [("EU", "eu"), ("us", "us"), ("AU", "au"), ("XX", None), (None, None)])
def test_the_account_knows_its_region_in_any_case(
    api: responses.RequestsMock, intercom: Intercom, wire: str | None, region: str | None
) -> None:
    api.get(f"{API}/me", json=account(region=wire))
    me = intercom.me()
    assert (me.workspace_id, me.region, me.timezone, me.name) == ("ab12cd34", region, "Europe/Dublin", "Shop")
    assert (me.admin_id, me.admin_name) == ("814", "Ada")


@pytest.mark.parametrize("body", [{"type": "admin", "id": "814"}, account(id_code=None), {"app": {"id_code": "a"}}])
def test_an_account_without_its_ids_is_unreadable(
    api: responses.RequestsMock, intercom: Intercom, body: dict[str, Any]
) -> None:
    api.get(f"{API}/me", json=body)
    with pytest.raises(Unreadable):
        intercom.me()


def test_a_revoked_token_disconnects_the_workspace(api: responses.RequestsMock, intercom: Intercom) -> None:
    api.get(f"{API}/me", status=401, json={"errors": [{"code": "token_revoked", "message": "Revoked"}]})
    with pytest.raises(Disconnected) as caught:
        intercom.me()
    assert caught.value.code == "token_revoked"


def test_admins_are_listed(api: responses.RequestsMock, intercom: Intercom) -> None:
    admins = [{"type": "admin", "id": "814", "name": "Ada", "email": "ada@example.com", "has_inbox_seat": True}]
    api.get(f"{API}/admins", json={"type": "admin.list", "admins": admins})
    [ada] = intercom.admins()
    assert (ada.id, ada.name, ada.email, ada.has_inbox_seat) == ("814", "Ada", "ada@example.com", True)
    assert "Ada" not in repr(ada)


def test_a_token_is_known_to_be_accepted_after_a_call_only(api: responses.RequestsMock) -> None:
    refused: list[str | None] = []
    intercom = Intercom(API, "tok_s3cret", on_refused_token=lambda error: refused.append(error.code))
    unauthorized = {"type": "error.list", "errors": [{"code": "token_revoked", "message": "no"}]}
    api.get(f"{API}/admins", status=401, json=unauthorized)
    with pytest.raises(Disconnected):
        intercom.admins()
    assert (intercom.was_accepted, refused) == (False, ["token_revoked"])
    api.replace(responses.GET, f"{API}/admins", json={"type": "admin.list", "admins": []})
    intercom.admins()
    assert (intercom.was_accepted, refused) == (True, ["token_revoked"])
