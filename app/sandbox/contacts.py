"""Contacts: create, read, update, list, with Intercom's conflicts and gone answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.sandbox.contact_input import ContactInput
from app.sandbox.contact_records import CURRENT, Version, new_record
from app.sandbox.index import Index
from app.sandbox.problems import ApiError, conflict, contact_not_found, invalid, missing, user_not_found
from app.sandbox.store import Store
from app.sandbox.webhooks.notices import Notices

Json = dict[str, Any]

GRACE_S = 7 * 24 * 3600
"""How long a deleted contact holds its identifiers."""
MAX_HOPS = 3
"""How many merges a 410 follows to find the survivor."""
IDENTIFIERS = ("external_id", "email")


class Contacts:
    def __init__(self, store: Store, index: Index, reader: ContactInput, workspace_id: str, notices: Notices) -> None:
        self._store = store
        self._index = index
        self._reader = reader
        self._workspace_id = workspace_id
        self._notices = notices

    @property
    def table(self) -> dict[str, Json]:
        table: dict[str, Json] = self._store.state["contacts"]
        return table

    def record(self, contact_id: str) -> Json | None:
        """The contact in whatever state, nothing once a deleted one's grace is over."""
        found = self.table.get(contact_id)
        return None if found is None or self._is_purged(found) else found

    def active(self) -> Iterator[Json]:
        return (record for record in self.table.values() if record["_state"] == "active")

    def put(self, record: Json, **changes: Any) -> Json:
        """Replace a contact by a changed copy, tell the index, and return the copy."""
        changed = {**record, **changes}
        self._index.note(changed, self.table.get(changed["id"]))
        self.table[changed["id"]] = changed
        self._store.touch()
        return changed

    def served(
        self,
        contact_id: str,
        version: Version = CURRENT,
        *,
        writing: bool = False,
        absent: Callable[[], ApiError] = user_not_found,
    ) -> Json:
        """The contact that REST would serve. Raises ApiError: 410 with a Link for merged ones, else 404."""
        record = self.record(contact_id)
        if record is not None and record["_state"] == "merged":
            switches = self._store.unconfirmed
            status = switches.merged_write_status if writing else switches.merged_read_status
            raise self.gone(record, absent, status if version >= CURRENT else 404)
        if record is None or not self._is_served(record):
            raise absent()
        return record

    def gone(self, record: Json, absent: Callable[[], ApiError], status: int) -> ApiError:
        """What a merged contact answers: 410 with a Link to the survivor, or the 404 of that call."""
        survivor = record
        for _hop in range(MAX_HOPS):
            if survivor["_state"] != "merged":
                break
            survivor = self.table[survivor["_merged_into"]]
        if status != 410 or survivor["_state"] == "merged":
            return absent()
        link = f'</contacts/{survivor["id"]}>; rel="canonical"'
        return ApiError(410, "contact_merged", "Contact has been merged", headers={"Link": link})

    def by_external_id(self, external_id: str) -> Json:
        """Users only, never leads."""
        for record in self.active():
            if record["role"] == "user" and record["external_id"] == external_id:
                return record
        raise user_not_found()

    def create(self, body: Mapping[str, Any]) -> Json:
        """Raises ApiError 400 for missing or wrong fields, 409 for a known user, 422 for a blocked one."""
        if not any(body.get(name) for name in (*IDENTIFIERS, "role")):
            raise missing("email, external_id or role")
        values = self._reader.read(body)
        values.setdefault("role", "user")
        if values["role"] == "lead":
            values["external_id"] = self._store.ids.uuid()
        else:
            self._require_identifier(values)
            self._refuse_conflict(values, None)
        values["custom_attributes"] = _filled(values.get("custom_attributes", {}))
        contact_id = self._store.ids.contact()
        made = self.put(new_record(contact_id, self._workspace_id, self._store.clock_s(), values))
        self._notices.contact("contact.{role}.created", made)
        return made

    def update(self, contact_id: str, body: Mapping[str, Any], version: Version = CURRENT) -> Json:
        """Raises ApiError 404, 410, 409 (an identity someone else holds) or 400."""
        record = self.served(contact_id, version, writing=True, absent=contact_not_found)
        values = self._reader.read(body)
        role = values.get("role", record["role"])
        if record["role"] == "user" and role == "lead":
            raise ApiError(400, "client_error", "Contact with user role can't be converted to a lead")
        promoted = record["role"] == "lead" and role == "user"
        if role == "lead" or values.get("external_id", "") is None:
            values.pop("external_id", None)
        if promoted:
            self._require_identifier({"email": record["email"], **values})
        if role == "user":
            self._refuse_conflict({"email": record["email"], **values} if promoted else values, record)
        if "custom_attributes" in values:
            kept = record["custom_attributes"] if self._store.unconfirmed.put_keeps_other_cdas else {}
            values["custom_attributes"] = _filled({**kept, **values["custom_attributes"]})
        changed = self.put(record, **values, updated_at=self._store.clock_s())
        self._tell(record, changed)
        return changed

    def _tell(self, before: Json, now: Json) -> None:
        """Notify of an update, unless it left everything as it was."""
        if before["role"] != now["role"]:
            self._notices.contact("contact.lead.signed_up", now)
        elif any(before[name] != now[name] for name in now if name != "updated_at"):
            self._notices.contact("contact.{role}.updated", now)
        if now["email"] and before["email"] != now["email"]:
            first_of_lead = now["role"] == "lead" and not before["email"]
            self._notices.contact("contact.lead.added_email" if first_of_lead else "contact.email.updated", now)

    def _require_identifier(self, values: Mapping[str, Any]) -> None:
        if not any(values.get(name) for name in IDENTIFIERS):
            raise invalid("A user needs an email or an external_id", code="parameter_missing")

    def _refuse_conflict(self, values: Json, own: Json | None) -> None:
        """Refuse what another user holds. An update does not mind archived users, a create does."""
        for other in self.table.values():
            if own is not None and (other["id"] == own["id"] or other["_state"] != "active"):
                continue
            if other["role"] != "user" or other["_state"] == "merged" or self._is_purged(other):
                continue
            if not self._collides(values, other, own):
                continue
            if other["_state"] == "blocked":
                raise ApiError(422, "not_restorable", "User has been blocked and is not restorable.")
            raise conflict(other["id"], archived=other["_state"] != "active")

    def _collides(self, values: Json, other: Json, own: Json | None) -> bool:
        external_id = values.get("external_id") or (own or {}).get("external_id")
        if values.get("external_id") and values["external_id"] == other["external_id"]:
            return True
        switches = self._store.unconfirmed
        if switches.phone_conflicts and values.get("phone") and values["phone"] == other["phone"]:
            return True
        email = values.get("email")
        if not email or not other["email"] or email.casefold() != other["email"].casefold():
            return False
        if switches.email_conflicts == "unless_external_ids_differ":
            return not (external_id and other["external_id"])
        return bool(switches.email_conflicts == "always")

    def _is_served(self, record: Json) -> bool:
        blocked = record["_state"] == "blocked" and self._store.unconfirmed.blocked_is_served
        return record["_state"] == "active" or blocked

    def _is_purged(self, record: Json) -> bool:
        if record["_state"] != "deleted":
            return False
        return self._store.clock_s() - int(record["_deleted_at"]) >= GRACE_S


def _filled(values: Mapping[str, Any]) -> Json:
    """Custom attributes without the ones that were cleared."""
    return {name: value for name, value in values.items() if value is not None}
