"""Whatever happens inside Intercom, and however its notifications come: the same is known in the end."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from app.sandbox.problems import ApiError
from tests.bridge.conftest import Bridge
from tests.bridge.intercom_events import Intercom

SENDERS: Iterator[int] = itertools.count(70_000)
FULL = settings(
    max_examples=50 if os.environ.get("CI") == "true" else 15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
LEADS, USERS = 2, 2

contacts = st.integers(0, LEADS + USERS - 1)
actions = st.one_of(
    st.tuples(st.just("merge"), st.integers(0, LEADS - 1), st.integers(LEADS, LEADS + USERS - 1)),
    st.tuples(st.sampled_from(["archive", "unarchive", "delete", "edit"]), contacts, st.just(0)),
    st.tuples(st.just("sign_up"), st.integers(0, LEADS - 1), st.just(0)),
)
ways = st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=20)
"""How the notifications come: which of those that are due is next, and whether it comes again later."""


@dataclass
class People:
    """Two senders with their leads, and two users, nobody of whom anybody heard before."""

    there: Intercom
    senders: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    due: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def arrive(self) -> None:
        self.senders = [next(SENDERS) for _ in range(LEADS)]
        self.ids = [self.there.lead_of(sender) for sender in self.senders]
        self.ids += [self.there.user() for _ in range(USERS)]

    def act(self, action: tuple[str, int, int]) -> None:
        """Do it in Intercom, if Intercom lets it be done, and owe the notification."""
        name, first, second = action
        contact_id, workspace = self.ids[first], self.there.bridge.workspace
        try:
            with workspace.store.change():
                topic = self._done(name, contact_id, self.ids[second])
        except ApiError as refused:
            note(f"{action} refused: {refused.code}")
            return
        if name == "merge":
            item = {**self.there.record(self.ids[second]), "merged_from": {"type": "contact", "id": contact_id}}
        else:
            item = self.there.record(contact_id)
        self.due.append((topic, item))

    def _done(self, name: str, contact_id: str, other_id: str) -> str:
        workspace = self.there.bridge.workspace
        if name == "merge":
            workspace.merging.merge({"from": contact_id, "into": other_id, "skip_duplicate_validation": True})
            return "contact.merged"
        if name == "edit":
            workspace.directory.update(contact_id, {"phone": f"+1415555{next(SENDERS) % 10_000:04d}"})
            return f"contact.{self.there.record(contact_id)['role']}.updated"
        if name == "sign_up":
            workspace.directory.update(contact_id, {"role": "user", "external_id": f"s{next(SENDERS)}"})
            return "contact.lead.signed_up"
        getattr(workspace.lifecycle, name)(contact_id)
        return {"archive": "contact.archived", "unarchive": "contact.unarchive", "delete": "contact.deleted"}[name]

    def deliver(self, way: tuple[int, bool]) -> None:
        """One of the notifications that are due, of which another copy may stay due."""
        if not self.due:
            return
        number, again = way
        topic, item = self.due[number % len(self.due)]
        if not again:
            del self.due[number % len(self.due)]
        self.there.notifier.tell(topic, item)
        if number % 2:
            self.there.bridge.work()

    def end_of(self, contact_id: str) -> dict[str, Any]:
        """The contact at the end of the merges, in whatever state: what is true."""
        raw = self.there.bridge.workspace.raw_contact(contact_id)
        while raw is not None and raw["_state"] == "merged":
            raw = self.there.bridge.workspace.raw_contact(raw["_merged_into"])
        assert raw is not None
        return raw

    def settled(self) -> None:
        """Everything that was due has come, and nothing waits any more."""
        for topic, item in self.due:
            self.there.notifier.tell(topic, item)
        for _ in range(6):
            self.there.bridge.work()
            if not any(state == "waiting" for state, _ in self.there.bridge.events()):
                return
            self.there.bridge.hurry()


@pytest.fixture
def people(bridged: Bridge) -> People:
    return People(Intercom(bridged))


@FULL
@given(todo=st.lists(actions, max_size=7), way=ways)
def test_in_any_order_and_however_often(people: People, todo: list[tuple[str, int, int]], way: list[Any]) -> None:
    """Notifications come at any time after what they tell of, also long after what happened next."""
    people = People(people.there)
    people.arrive()
    comings = iter(way)
    for action in todo:
        people.act(action)
        for coming in itertools.islice(comings, 2):
            people.deliver(coming)
    for coming in comings:
        people.deliver(coming)
    people.settled()
    there = people.there
    assert {state for state, _ in there.bridge.events()} == {"done"}
    for sender, lead in zip(people.senders, people.ids, strict=False):
        end = people.end_of(lead)
        if end["_state"] == "deleted":
            assert there.state(end["id"]) == "deleted"
            assert there.link_of(sender) is None, "nothing is kept of an erased person"
            assert there.known(end["id"]) is None
            continue
        assert (there.link_of(sender), there.survivor(lead)) == (end["id"], end["id"])
        if end["id"] == lead:
            assert there.state(lead) == (None if end["_state"] == "active" else end["_state"])
        known = there.known(end["id"])
        if end["_state"] == "active" and known is not None and known[1] is not None:
            assert (known[0], known[1]) == (end["role"], end["phone"])


@FULL
@given(todo=st.lists(actions, max_size=7), way=ways)
def test_what_is_lost_is_found_with_the_next_message(
    people: People, todo: list[tuple[str, int, int]], way: list[Any]
) -> None:
    people = People(people.there)
    people.arrive()
    for action in todo:
        people.act(action)
    for coming in way[: len(todo) // 2]:
        people.deliver(coming)
    people.due.clear()  # lost
    people.settled()
    there = people.there
    for sender in people.senders:
        there.bridge.telegram("Still me", sender=sender)
    people.settled()
    served = {one["id"] for one in there.bridge.workspace.contacts()}
    for sender, lead in zip(people.senders, people.ids, strict=False):
        end = people.end_of(lead)
        linked = there.link_of(sender)
        assert linked in served
        if end["_state"] == "active":
            assert linked == end["id"]
    texts = [body for thread in there.bridge.threads() for body in thread]
    assert texts.count("<p>Still me</p>") == texts.count("<p>Hello</p>"), "each once"
