"""What Kinbox expects of Intercom, asked with Intercom's own SDK: of the sandbox always, of a real workspace when
INTERCOM_TEST_TOKEN (and INTERCOM_TEST_URL for another region) is given."""

from __future__ import annotations

import _socket
import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from intercom import (
    ContactReplyIntercomUserIdRequest,
    CreateContactRequestWithExternalId,
    CreateContactRequestWithRole,
    CreateOrUpdateTagRequest,
    Intercom,
    SingleFilterSearchRequest,
)
from intercom.conversations import CreateConversationRequestFrom
from intercom.core.api_error import ApiError

from app.sandbox.seed import furnished
from app.sandbox.server import create_sandbox, serve

VERSION = {"Intercom-Version": "2.16"}
LONGEST_INDEX_LAG_S = 600
TOKEN = os.environ.get("INTERCOM_TEST_TOKEN", "")


@dataclass
class Contract:
    """One workspace under test. What it makes it deletes again."""

    client: Intercom
    http: httpx.Client
    wait_s: float
    made: list[str] = field(default_factory=list)
    mark: str = field(default_factory=lambda: uuid.uuid4().hex[:10])

    def lead(self, **fields: Any) -> Any:
        contact = self.client.contacts.create(request=CreateContactRequestWithRole(role="lead", **fields))
        self.made.append(contact.id)
        return contact

    def user(self, key: str, /, **fields: Any) -> Any:
        request = CreateContactRequestWithExternalId(external_id=f"{self.mark}-{key}", **fields)
        contact = self.client.contacts.create(request=request)
        self.made.append(contact.id)
        return contact

    def search(self, field_name: str, value: str) -> list[str]:
        query = SingleFilterSearchRequest(field=field_name, operator="=", value=value)
        return [contact.id for contact in self.client.contacts.search(query=query)]

    def eventually(self, look: Callable[[], list[str]], wanted: list[str]) -> None:
        """Ask until the index has caught up, or fail with what was found last."""
        end = time.monotonic() + self.wait_s
        while (found := look()) != wanted and time.monotonic() < end:
            time.sleep(5)
        assert found == wanted

    def clean_up(self) -> None:
        for contact_id in self.made:
            try:
                self.client.contacts.delete(contact_id)
            except ApiError as error:
                if error.status_code not in {404, 410}:
                    raise


def contract_of(base_url: str, token: str, wait_s: float) -> Iterator[Contract]:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", **VERSION}
    with httpx.Client() as sdk_http, httpx.Client(base_url=base_url, headers=headers) as plain:
        client = Intercom(token=token, base_url=base_url, headers=VERSION, httpx_client=sdk_http)
        contract = Contract(client, plain, wait_s)
        yield contract
        contract.clean_up()


@pytest.fixture(params=["sandbox", pytest.param("live", marks=pytest.mark.live)])
def contract(request: pytest.FixtureRequest) -> Iterator[Contract]:
    if request.param == "live":
        if not TOKEN:
            pytest.skip("INTERCOM_TEST_TOKEN is not set: no real workspace to ask")
        # The other tests may reach loopback only; this one is asked to leave it.
        request.getfixturevalue("monkeypatch").setattr(socket.socket, "connect", _socket.socket.connect)
        url = os.environ.get("INTERCOM_TEST_URL", "https://api.intercom.io")
        yield from contract_of(url, TOKEN, LONGEST_INDEX_LAG_S)
        return
    workspace = furnished()
    server = serve(create_sandbox(workspace))
    yield from contract_of(server.url, workspace.token, 0)
    server.stop()


def number(contract: Contract) -> str:
    """A British drama number, likely unused, and repeatable within one test."""
    return f"+447700900{int(contract.mark[:6], 16) % 1000:03}"


def refusal(call: Callable[[], Any]) -> tuple[int | None, str, str]:
    with pytest.raises(ApiError) as caught:
        call()
    body = caught.value.body
    errors = body["errors"] if isinstance(body, dict) else [vars(item) for item in body.errors]
    return caught.value.status_code, errors[0]["code"], errors[0].get("message") or ""


def test_a_lead_reads_back_as_it_was_made(contract: Contract) -> None:
    made = contract.lead(name="Contract Lead", phone=number(contract))
    read = contract.client.contacts.find(made.id)
    assert (read.role, read.name, read.phone) == ("lead", "Contract Lead", number(contract))
    assert read.external_id


def test_a_user_is_found_by_external_id_and_a_lead_is_not(contract: Contract) -> None:
    user = contract.user("one", name="Contract User")
    found = contract.client.contacts.show_contact_by_external_id(f"{contract.mark}-one")
    assert found.id == user.id
    lead = contract.lead()
    asked = contract.client.contacts.find(lead.id).external_id
    assert refusal(lambda: contract.client.contacts.show_contact_by_external_id(asked))[0] == 404


def test_a_second_user_of_one_external_id_is_a_conflict_naming_the_first(contract: Contract) -> None:
    user = contract.user("one", email=f"{contract.mark}@contract.example")
    status, code, message = refusal(lambda: contract.user("one", email=f"{contract.mark}@contract.example"))
    assert (status, code) == (409, "conflict")
    assert f"id={user.id}" in message


def test_a_contact_is_searched_by_phone(contract: Contract) -> None:
    name = f"Contract {contract.mark}"
    lead = contract.lead(name=name, phone=number(contract))
    contract.eventually(lambda: contract.search("name", name), [lead.id])
    assert lead.id in contract.search("phone", number(contract))


def test_an_update_changes_what_is_sent(contract: Contract) -> None:
    lead = contract.lead(name="Before", phone=number(contract))
    contract.client.contacts.update(lead.id, name="After")
    read = contract.client.contacts.find(lead.id)
    assert (read.name, read.phone) == ("After", number(contract))


def test_a_lead_and_a_user_with_one_phone_merge(contract: Contract) -> None:
    lead = contract.lead(phone=number(contract))
    user = contract.user("one", phone=number(contract), name="Stays")
    survivor = contract.client.contacts.merge_lead_in_user(lead_id=lead.id, contact_id=user.id)
    assert (survivor.id, survivor.role, survivor.name) == (user.id, "user", "Stays")
    with pytest.raises(ApiError) as gone:
        contract.client.contacts.find(lead.id)
    assert gone.value.status_code == 410
    headers = {name.lower(): value for name, value in (gone.value.headers or {}).items()}
    assert f"/contacts/{user.id}" in headers["link"]


def test_strangers_merge_only_with_the_flag(contract: Contract) -> None:
    lead, user = contract.lead(name="No phone"), contract.user("one")
    merge = contract.client.contacts.merge_lead_in_user
    status, code, message = refusal(lambda: merge(lead_id=lead.id, contact_id=user.id))
    assert (status, code) == (400, "invalid_merge")
    assert "skip_duplicate_validation" in message
    flag: Any = {"additional_body_parameters": {"skip_duplicate_validation": True}}
    assert merge(lead_id=lead.id, contact_id=user.id, request_options=flag).id == user.id


@pytest.mark.parametrize("pair", ["lead lead", "user user", "user lead"])
def test_other_roles_do_not_merge(contract: Contract, pair: str) -> None:
    source, target = (
        contract.lead(phone=number(contract)) if role == "lead" else contract.user(f"{place}", phone=number(contract))
        for place, role in enumerate(pair.split())
    )
    merge = contract.client.contacts.merge_lead_in_user
    assert refusal(lambda: merge(lead_id=source.id, contact_id=target.id))[:2] == (400, "invalid_merge")


def test_a_merge_is_in_the_history(contract: Contract) -> None:
    lead, user = contract.lead(phone=number(contract)), contract.user("one", phone=number(contract))
    contract.client.contacts.merge_lead_in_user(lead_id=lead.id, contact_id=user.id)
    history = contract.http.get(f"/contacts/{user.id}/merge_history").json()
    assert [entry["source_contact_id"] for entry in history["data"]] == [lead.id]


def test_an_archived_contact_hides_and_comes_back(contract: Contract) -> None:
    user = contract.user("one")
    assert contract.client.contacts.archive(user.id).archived is True
    assert refusal(lambda: contract.client.contacts.find(user.id))[:2] == (404, "not_found")
    assert contract.client.contacts.unarchive(user.id).archived is False
    assert contract.client.contacts.find(user.id).id == user.id


def test_attributes_are_listed_with_their_types(contract: Contract) -> None:
    listed = contract.client.data_attributes.list(model="contact")
    named = {attribute.full_name: attribute for attribute in listed.data}
    assert named["email"].data_type == "string"
    assert all(attribute.id for attribute in listed.data if attribute.custom)


def test_an_attribute_of_an_unknown_type_is_refused(contract: Contract) -> None:
    answer = contract.http.post(
        "/data_attributes", json={"name": f"x{contract.mark}", "model": "contact", "data_type": "money"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "parameter_invalid")


def test_an_unknown_attribute_on_a_contact_is_refused(contract: Contract) -> None:
    lead = contract.lead()
    body = {f"x{contract.mark}": "1"}
    status, _code, _message = refusal(lambda: contract.client.contacts.update(lead.id, custom_attributes=body))
    assert status in {400, 422}


def test_a_contact_starts_and_continues_a_conversation(contract: Contract) -> None:
    lead = contract.lead(name="Writer")
    sender = CreateConversationRequestFrom(type="lead", id=lead.id)
    message = contract.client.conversations.create(from_=sender, body="Hello there")
    assert message.conversation_id
    reply = ContactReplyIntercomUserIdRequest(body="And again", intercom_user_id=lead.id)
    answered = contract.client.conversations.reply(message.conversation_id, request=reply)
    assert "And again" in (answered.conversation_parts.conversation_parts[-1].body or "")
    read = contract.client.conversations.find(message.conversation_id)
    assert "Hello there" in read.source.body
    assert read.contacts.contacts[0].id == lead.id


def test_a_conversation_moves_with_the_merge_under_its_id(contract: Contract) -> None:
    lead, user = contract.lead(phone=number(contract)), contract.user("one", phone=number(contract))
    sender = CreateConversationRequestFrom(type="lead", id=lead.id)
    message = contract.client.conversations.create(from_=sender, body="Before the merge")
    contract.client.contacts.merge_lead_in_user(lead_id=lead.id, contact_id=user.id)

    def owners() -> list[str]:
        contacts = contract.client.conversations.find(message.conversation_id).contacts.contacts
        return [contact.id for contact in contacts]

    contract.eventually(owners, [user.id])


def test_a_tag_goes_on_and_off_a_contact(contract: Contract) -> None:
    tag = contract.client.tags.create(request=CreateOrUpdateTagRequest(name=f"contract-{contract.mark}"))
    lead = contract.lead()
    contract.client.tags.tag_contact(lead.id, tag_id=tag.id)
    assert [item.id for item in contract.client.contacts.list_attached_tags(lead.id).data] == [tag.id]
    contract.client.tags.untag_contact(lead.id, tag_id=tag.id)
    contract.client.tags.delete(tag.id)
    assert tag.id not in [item.id for item in contract.client.tags.list().data]


def test_the_account_and_its_teammates_are_told(contract: Contract) -> None:
    me = contract.client.admins.identify()
    assert me.app.id_code
    assert me.id in [admin.id for admin in contract.client.admins.list().admins]
