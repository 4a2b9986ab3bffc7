"""Intercom's REST API 2.16, as far as Kinbox uses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from app.deadline import Deadline
from app.domain.contact import Contact
from app.intercom.answers import (
    Account,
    Admin,
    ContactPage,
    DataAttribute,
    MergeEntry,
    Team,
    UnreadableAnswer,
    read_account,
    read_admins,
    read_attributes,
    read_contact,
    read_merges,
    read_page,
    read_teams,
    read_total,
)
from app.intercom.conversations import Conversations
from app.intercom.errors import Disconnected, Refused, Unreadable
from app.intercom.refusals import not_restorable
from app.intercom.transport import CALL_TIMEOUT_S, Answer, Pace, Transport

Read = TypeVar("Read")


class Intercom:
    """One workspace's Intercom. Cheap to make for each request; connections live in the process.

    Every method raises the IntercomError named for what went wrong; see `app.intercom.errors`. Ids may be any
    text: one that cannot be an id is NotServed. All calls of one object share its deadline, and keep its pace.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        deadline: Deadline | None = None,
        call_timeout_s: float = CALL_TIMEOUT_S,
        pace: Pace | None = None,
        on_refused_token: Callable[[Disconnected], None] | None = None,
    ) -> None:
        """`on_refused_token` is told when Intercom itself refuses the token, before the error is raised."""
        self._transport = Transport(base_url, token, call_timeout_s=call_timeout_s, pace=pace)
        self._deadline = deadline
        self._on_refused_token = on_refused_token
        self.was_accepted = False
        """Whether Intercom has carried out a call of this object: so it accepts the token."""
        self.conversations = Conversations(self._call)

    def __repr__(self) -> str:
        return f"Intercom({self._transport!r})"

    # Contacts

    def contact(self, contact_id: str, *, merge_history: bool = False) -> Contact:
        """Read one contact. Raises NotServed, or ContactMerged with the survivor."""
        params = {"include_merge_history": "true"} if merge_history else None
        answer = self._call("GET", "/contacts/{contact_id}", {"contact_id": contact_id}, params=params)
        return _read(answer, read_contact)

    def user_by_external_id(self, external_id: str) -> Contact:
        """Read the user with this external id. Leads are never found this way: NotServed."""
        return _read(
            self._call("GET", "/contacts/find_by_external_id/{external_id}", {"external_id": external_id}),
            read_contact,
        )

    def search_contacts(
        self, query: Mapping[str, Any], *, per_page: int = 50, sort: Mapping[str, str] | None = None
    ) -> ContactPage:
        """The first page of the contacts that match. A contact made in the last minutes may be missing."""
        asked: dict[str, Any] = {"query": query, "pagination": {"per_page": per_page}}
        if sort is not None:
            asked["sort"] = sort
        return _read(self._call("POST", "/contacts/search", json=asked), read_page)

    def create_contact(self, fields: Mapping[str, Any]) -> Contact:
        """Make a contact. Raises Conflict when a user holds the external id or email; leads make none."""
        return _read(self._call("POST", "/contacts", json=fields), read_contact, write=True)

    def update_contact(self, contact_id: str, fields: Mapping[str, Any]) -> Contact:
        """Change only the fields that are sent."""
        answer = self._call("PUT", "/contacts/{contact_id}", {"contact_id": contact_id}, json=fields)
        return _read(answer, read_contact, write=True)

    def archive(self, contact_id: str) -> None:
        """Hide a contact; `unarchive` brings it back."""
        self._call("POST", "/contacts/{contact_id}/archive", {"contact_id": contact_id})

    def unarchive(self, contact_id: str) -> None:
        """Serve an archived contact again. Raises NotRestorable with its reason."""
        try:
            self._call("POST", "/contacts/{contact_id}/unarchive", {"contact_id": contact_id})
        except Refused as error:
            raise not_restorable(error) from None

    # Merging

    def merge(self, from_id: str, into_id: str, *, skip_duplicate_validation: bool = False) -> Contact:
        """Merge the lead `from_id` into the user `into_id`, for ever, and return the survivor.

        Sent at most once. Raises InvalidMerge, ExternalLead, FacebookContact, NotServed or ContactMerged when
        nothing was done; an error with `maybe_done` must be looked into before anything else is tried.
        """
        asked: dict[str, Any] = {"from": from_id, "into": into_id}
        if skip_duplicate_validation:
            asked["skip_duplicate_validation"] = True
        answer = self._call("POST", "/contacts/merge", json=asked)
        survivor = _read(answer, read_contact, write=True)
        if survivor.id != into_id:
            raise Unreadable(answer.facts, write=True)
        return survivor

    def merge_history(self, contact_id: str) -> tuple[MergeEntry, ...]:
        """The newest 150 contacts merged into this user, newest first. NotServed for a lead."""
        path = "/contacts/{contact_id}/merge_history"
        params = {"per_page": "150", "order": "desc"}
        return _read(self._call("GET", path, {"contact_id": contact_id}, params=params), read_merges)

    # Data attributes

    def data_attributes(self, *, include_archived: bool = False) -> tuple[DataAttribute, ...]:
        """The contact attributes of the workspace, built-in ones too."""
        params = {"model": "contact"} | ({"include_archived": "true"} if include_archived else {})
        return _read(self._call("GET", "/data_attributes", params=params), read_attributes)

    def create_data_attribute(self, name: str, description: str) -> bool:
        """Make sure that contacts have this text attribute: True when made now, False when it was there.

        Raises Refused for a name that Intercom does not allow or that company data uses.
        """
        fields = {"name": name, "model": "contact", "data_type": "string", "description": description}
        try:
            self._call("POST", "/data_attributes", json=fields)
        except Refused as error:
            if _exists_already(error):
                return False
            raise
        return True

    # Conversations

    def count_conversations(self, contact_id: str) -> int:
        """How many conversations the contact takes part in, as far as Intercom's search knows yet."""
        query = {"field": "contact_ids", "operator": "=", "value": contact_id}
        asked = {"query": query, "pagination": {"per_page": 1}}
        return _read(self._call("POST", "/conversations/search", json=asked), read_total)

    def add_note(self, conversation_id: str, admin_id: str, body_html: str) -> None:
        """Leave a note for teammates. `body_html` is HTML: customer text in it must be escaped already."""
        note = {"message_type": "note", "type": "admin", "admin_id": admin_id, "body": body_html}
        self._call("POST", "/conversations/{conversation_id}/reply", {"conversation_id": conversation_id}, json=note)

    # The workspace

    def me(self) -> Account:
        """The workspace and the admin of the token."""
        return _read(self._call("GET", "/me"), read_account)

    def admins(self) -> tuple[Admin, ...]:
        """All teammates; bots may be among them."""
        return _read(self._call("GET", "/admins"), read_admins)

    def teams(self) -> tuple[Team, ...]:
        return _read(self._call("GET", "/teams"), read_teams)

    def _call(
        self,
        method: str,
        path: str,
        ids: Mapping[str, str] | None = None,
        *,
        params: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
    ) -> Answer:
        try:
            answer = self._transport.call(method, path, ids=ids, params=params, json=json, deadline=self._deadline)
        except Disconnected as refused:
            if self._on_refused_token is not None and refused.status is not None:
                self._on_refused_token(refused)
            raise
        self.was_accepted = True
        return answer


def _read(answer: Answer, reader: Callable[[Mapping[str, Any]], Read], *, write: bool = False) -> Read:
    try:
        return reader(answer.json)
    except UnreadableAnswer:
        raise Unreadable(answer.facts, write=write) from None


def _exists_already(error: Refused) -> bool:
    """The name is taken by a contact attribute (Intercom calls contact data "people data" here)."""
    return error.message.startswith("You already have ") and " in your company data" not in error.message
