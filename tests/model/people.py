"""Who is who, as a bystander sees it: who writes, whom Intercom has, who was made one person, who must be forgotten.

The model knows neither Kinbox's tables nor its rules of work. It sees what takes effect in Intercom, at that instant,
and says what was wrong with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.model.clock import Clock

Json = dict[str, Any]
UNMISTAKABLE = ("Nym", "Edited")
"""How names begin that are one person's alone."""


@dataclass
class Sender:
    """Somebody with a phone or an account on one channel; after an erasure, a stranger under the same id."""

    account: str
    id: str
    phone: str | None
    number: int
    life: int = 1
    contact: str | None = None
    """Who this one is: as whom the last message showed, or to whom Kinbox linked them since."""
    lead: str | None = None
    """One that was made for this sender and is not known to be taken yet."""
    linked: str | None = None
    """Whom Kinbox said last that this one is."""
    queue: list[str] = field(default_factory=list)
    """What Kinbox took and Intercom has not seen yet."""
    wrote: bool = False
    """In this life."""

    @property
    def name(self) -> str:
        return f"Nym{self.number}of{self.life}life"

    @property
    def attribute(self) -> str | None:
        return None if self.phone else "kinbox_telegram_id"


@dataclass
class Version:
    """What a contact carried from `at` on."""

    at: float
    phone: str | None
    attributes: Mapping[str, Any]

    def carries(self, sender: Sender) -> bool:
        if sender.attribute is None:
            return self.phone == sender.phone
        return self.attributes.get(sender.attribute) == sender.id


class People:
    """`contacts` is Intercom's own table, `lag_s` how old its search may be."""

    def __init__(self, senders: list[Sender], contacts: Mapping[str, Json], clock: Clock, lag: timedelta) -> None:
        self.senders = senders
        self.faults: list[str] = []
        self.erased: set[str] = set()
        self.again: set[str] = set()
        """Those of them into whom somebody merged a living one since."""
        self.forbidden: set[str] = set()
        self.seen = Counter[str]()
        self._works: list[Sender | None] = []
        self._contacts = contacts
        self._clock = clock
        self._lag_s = lag.total_seconds()
        self._versions: dict[str, list[Version]] = {}
        self._names: dict[str, set[str]] = {}
        self._writers: dict[str, Sender] = {}
        self._in_flight: set[str] = set()
        self._flying: set[int] = set()

    def begin_work(self, account: str, sender_id: str) -> None:
        """A worker has something of this sender in hand, or of nobody.

        What is erased under it may take effect in Intercom all the same.
        """
        named = (one for one in self.senders if (one.account, one.id) == (account, sender_id))
        self._works.append(next(named, None))

    def end_work(self) -> None:
        self._works.pop()
        if self._works:
            return  # it was another one, in the middle of the first one's work
        for text in self._in_flight:
            self._writers.pop(text, None)
        self._in_flight.clear()
        self._flying.clear()

    # What is known of contacts.

    def end(self, contact_id: str) -> str:
        while (into := self._contacts[contact_id]["_merged_into"]) is not None:
            contact_id = into
        return contact_id

    def state(self, contact_id: str) -> str:
        return str(self._contacts[contact_id]["_state"])

    def is_live(self, contact_id: str | None) -> bool:
        """Whether this contact, or who has it now, is served by Intercom and was not erased here."""
        if contact_id is None:
            return False
        end = self.end(contact_id)
        return self.state(end) == "active" and not {contact_id, end} & (self.erased - self.again)

    def changed(self, record: Json) -> None:
        """Intercom has this of the contact now."""
        version = Version(self._clock.at.timestamp(), record["phone"], dict(record["custom_attributes"]))
        self._versions.setdefault(record["id"], []).append(version)
        if (record["name"] or "").startswith(UNMISTAKABLE):
            self._names.setdefault(record["id"], set()).add(record["name"])

    def _lately(self, contact_id: str) -> Iterator[Version]:
        """What it carries, and what a search may still think that it carries."""
        versions = self._versions[contact_id]
        since = self._clock.at.timestamp() - self._lag_s
        for number, version in enumerate(versions):
            if number + 1 == len(versions) or versions[number + 1].at >= since:
                yield version

    def might_be(self, sender: Sender, contact_id: str) -> bool:
        """Whether who is looked for by phone or id may be taken for this contact, or for one who is part of it."""
        return any(self._shows(sender, one) for one in self._parts(self.end(contact_id)))

    def _parts(self, end: str) -> list[str]:
        """The contact, and all who were merged into it."""
        return [one for one in self._versions if self.end(one) == end]

    def _shows(self, sender: Sender, contact_id: str) -> bool:
        return any(version.carries(sender) for version in self._lately(contact_id))

    def surely_is(self, sender: Sender, contact_id: str) -> bool:
        """Whether nobody who looks could miss it: it is served, and every search shows it."""
        live = self.state(contact_id) == "active" and contact_id not in self.erased
        old = self._versions[contact_id][0].at < self._clock.at.timestamp() - self._lag_s
        return live and old and all(version.carries(sender) for version in self._lately(contact_id))

    # What takes effect in Intercom.

    def made(self, record: Json) -> None:
        """Kinbox made a lead."""
        sender = self._works[-1] if self._works else None
        if sender is None:
            self.faults.append(f"a lead for nobody: {record}")
            return
        self.seen["leads made"] += 1
        if sender.number in self._flying:
            return  # erased while their message was on its way
        # One that was merged away before its maker heard of it cannot be found by what it carried.
        unheard = sender.lead is not None and self.state(sender.lead) == "active" and self.is_live(sender.lead)
        if unheard or self.is_live(sender.contact):
            self.faults.append(f"a second lead for {sender}: {record['id']}")
        for contact_id in self._versions:
            if contact_id != record["id"] and self.surely_is(sender, contact_id):
                self.faults.append(f"a lead for {sender}, who is {contact_id}")
        sender.lead = record["id"]

    def posted(self, record: Json, text: str) -> None:
        """A message shows in a conversation, as this contact's."""
        sender = self._writers.get(text)
        if sender is None:
            self.faults.append(f"a text that nobody wrote, or twice: {text}")
            return
        del self._writers[text]
        self.seen["messages shown"] += 1
        if text in self._in_flight:
            return  # erased while it was on its way
        if sender.queue[:1] != [text]:
            self.faults.append(f"{text} shows before {sender.queue}")
        if text in sender.queue:
            sender.queue.remove(text)
        self._takes(sender, record["id"], f"{text} shows on")

    def _takes(self, sender: Sender, contact_id: str, what: str) -> None:
        """The contact must be who this sender is."""
        end = self.end(contact_id)
        if self.is_live(sender.contact):
            if self.end(str(sender.contact)) != end:
                self.faults.append(f"{what} {contact_id}, but {sender} is {self.end(str(sender.contact))}")
        elif {contact_id, end} & self.erased:
            came_along = [one for one in self._parts(end) if one not in self.erased]
            if not any(one in {sender.contact, sender.lead} or self._shows(sender, one) for one in came_along):
                self.faults.append(f"{what} {contact_id}, who was erased: {sender}")
            self.again |= {contact_id, end}
        elif not self.might_be(sender, contact_id):
            self.faults.append(f"{what} {contact_id}, a stranger to {sender}")
        sender.contact, sender.lead = contact_id, None

    # What Kinbox is told, and what it says.

    def wrote(self, sender: Sender, text: str) -> None:
        """Kinbox said that it has the message."""
        sender.queue.append(text)
        sender.wrote = True
        self._writers[text] = sender

    def links(self, linked: Mapping[tuple[str, str], str | None], *, erased: bool = False) -> None:
        """Whom Kinbox says that each sender is: account and sender id -> contact id. `erased`: somebody was erased."""
        for sender in self.senders:
            key = (sender.account, sender.id)
            now = linked.get(key)
            if now is not None:
                if sender.linked is None or (now != sender.linked and self.end(now) != self.end(sender.linked)):
                    self._takes(sender, now, "a link to")
                sender.linked = now
            elif sender.linked is not None or (sender.wrote and key not in linked):
                self._unlinked(sender, erased=erased)

    def _unlinked(self, sender: Sender, *, erased: bool) -> None:
        known = {one for one in (sender.linked, sender.contact, sender.lead) if one is not None}
        known |= {self.end(one) for one in known}
        deleted = {one for one in known if self.state(one) == "deleted"}
        if not (known & self.erased or deleted or (erased and sender.linked is None)):
            self.faults.append(f"the link of {sender} is lost")
        self.erased |= deleted
        self.forget(sender)

    def erase(self, contact_ids: set[str], linked: Mapping[tuple[str, str], str | None]) -> None:
        """Somebody had these contacts erased here; `linked` is whom Kinbox says that each sender is after that."""
        self.erased |= contact_ids
        self.again -= contact_ids
        self.seen["erasures"] += 1
        left = {key for key, contact_id in linked.items() if contact_id in contact_ids}
        if left:
            self.faults.append(f"{left} are linked to contacts that were erased")
        self.links(linked, erased=True)

    def forget(self, sender: Sender) -> None:
        """Nothing of this sender may be kept from now on. Who writes next under the id is a stranger."""
        for text in sender.queue:
            if self._works:
                self._in_flight.add(text)
                self._flying.add(sender.number)
            else:
                del self._writers[text]
        if sender.wrote:
            self.forbidden |= {sender.name, sender.id, f"T{sender.number}x{sender.life}n"}
        self.seen["senders erased"] += 1
        sender.queue, sender.contact, sender.lead, sender.linked, sender.wrote = [], None, None, None, False
        sender.life += 1

    def words(self) -> set[str]:
        """What must be stored nowhere. What another contact has in Intercom may be known from there."""
        erased = self.erased - self.again
        theirs = {name for one, names in self._names.items() if one not in erased for name in names}
        for contact_id, versions in self._versions.items():
            if contact_id not in erased:
                for version in versions:
                    theirs |= {str(one) for one in (version.phone, *version.attributes.values())}
        theirs |= {word for one in self.senders if one.wrote for word in (one.id, one.name)}
        return (self.forbidden | {name for one in erased for name in self._names.get(one, ())}) - theirs
