"""Random days of a shop: people write, teammates merge, delete and edit, here and in Intercom, and things go wrong.

After each step the model of `people` says whether a message went to a wrong person, whether a second lead was made, and
whether a link leads to somebody else. Nothing is stored of whoever was erased, as soon as that is done. A link leads to
a contact that Intercom serves
- as soon as a message went in, for that sender: the model holds each message to what Intercom has at that instant;
- when every notification came that was not lost, for contacts that were merged or deleted;
- when the links were walked, for contacts that were merged, whatever was lost;
- after the next message, for all others: nobody can say of a contact that is archived or blocked who it is instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.sandbox.problems import ApiError
from tests.bridge.leftovers import leftovers
from tests.model import clicks, operators
from tests.model.customers import PHONES
from tests.model.people import People, Sender
from tests.model.world import Killed, World

WHO, ANY = st.integers(0, 4), st.integers(0, 5)
HAZARDS = st.sampled_from([None, None, None, "lost", "doubled", "late", "out_of_order", "without_merged_from"])
"""What becomes of the notification of a change in Intercom."""
CALLS, WHEN = st.integers(0, 5), st.sampled_from(["before", "after"])
"""In the middle of a message: before or after Intercom carries out this call."""
_EMAIL = "everybody@shop.example"
"""Users share it, so that Intercom lets them be merged with each other."""


class Following(RuleBasedStateMachine):
    world: ClassVar[World]
    frequency: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.world.empty()
        self.erasures = 0

    @property
    def people(self) -> People:
        return self.world.people

    def sender(self, who: int) -> Sender:
        return self.people.senders[who]

    def contacts(self, role: str | None = None, *, state: str = "active") -> list[str]:
        table = self.world.workspace.directory.table.values()
        return [one["id"] for one in table if one["_state"] == state and role in {None, one["role"]}]

    def pick(self, number: int, role: str | None = None, *, state: str = "active") -> str | None:
        found = self.contacts(role, state=state)
        return found[-1 - number % len(found)] if found else None

    def did(self, what: str) -> None:
        self.frequency[what] += 1

    # People write, and Kinbox works.

    @initialize(
        lag_s=st.sampled_from([0, 60, 300]), phones=st.lists(st.sampled_from([None, *PHONES]), max_size=2), who=WHO
    )
    def open(self, lag_s: int, phones: list[str | None], who: int) -> None:
        self.world.workspace.faults.index_lag_s = lag_s
        for phone in phones:
            self.new_user(phone, None)
        self.talk(who)

    @rule(who=WHO, times=st.sampled_from([1, 1, 2]))
    def write(self, who: int, times: int) -> None:
        self.did("write")
        self.world.write(self.sender(who), times=times)

    @rule(who=WHO)
    def talk(self, who: int) -> None:
        self.did("talk")
        self.world.write(self.sender(who))
        self.world.work()

    @rule(seconds=st.sampled_from([1, 20, 90, 900]))
    def work(self, seconds: int) -> None:
        self.did("work")
        self.world.clock.rest(seconds)
        self.world.workspace.webhooks.deliver_due()
        self.world.work()

    @rule()
    def catch_up(self) -> None:
        self.did("catch up")
        self.world.drain()
        self.all_are_told()

    @rule()
    def walk(self) -> None:
        self.did("walk")
        if operators.walk(self.world).state == "finished":
            self.all_are_walked()

    # Things go wrong.

    @rule(status=st.sampled_from([429, 500, 503]), count=st.integers(1, 4), when=WHEN)
    def refuse(self, status: int, count: int, when: str) -> None:
        self.did(f"status {status}")
        when = "before" if status == 429 else when
        self.world.workspace.faults.add("status", status=status, count=count, when=when)

    @rule(when=WHEN, method=st.sampled_from(["POST", "PUT", None]))
    def lose(self, when: str, method: str | None) -> None:
        self.did(f"answer lost {when}")
        self.world.workspace.faults.add("lost", when=when, method=method, count=1)

    @rule(calls=CALLS, when=WHEN, who=WHO)
    def die(self, calls: int, when: str, who: int) -> None:
        self.did("worker dies")

        def die() -> None:
            raise Killed

        self._midway(who, calls, when, die)

    @rule(calls=CALLS, when=WHEN, who=WHO)
    def be_late(self, calls: int, when: str, who: int) -> None:
        """The worker sleeps through its lease, another one works its lane, and then it wakes up."""
        self.did("worker sleeps")

        def sleep() -> None:
            self.world.clock.rest(31)
            self.world.work()

        self._midway(who, calls, when, sleep)

    @rule(calls=CALLS, when=WHEN, who=WHO, lead=ANY, user=ANY, told=st.booleans())
    def merge_meanwhile(self, calls: int, when: str, who: int, lead: int, user: int, told: bool) -> None:
        self._midway(who, calls, when, lambda: self.merge_there(lead, user, None), told=told)

    @rule(calls=CALLS, when=WHEN, who=WHO, which=ANY, what=st.sampled_from(["delete", "archive"]), told=st.booleans())
    def change_meanwhile(self, calls: int, when: str, who: int, which: int, what: str, told: bool) -> None:
        self._midway(who, calls, when, lambda: self.change(which, what, None), told=told)

    @rule(calls=CALLS, when=WHEN, who=WHO)
    def erase_meanwhile(self, calls: int, when: str, who: int) -> None:
        self._midway(who, calls, when, lambda: self.erase(who))

    def _midway(self, who: int, calls: int, when: str, happens: Callable[[], None], *, told: bool = False) -> None:
        def now() -> None:
            happens()
            if told:
                self.world.workspace.webhooks.flush()

        self.world.midway = (calls, when, now)
        self.talk(who)
        self.world.midway = None

    # Teammates work in Intercom, and in the sidebar.

    @rule(phone=st.sampled_from([None, *PHONES]), hazard=HAZARDS)
    def new_user(self, phone: str | None, hazard: str | None) -> None:
        self.did("new user")
        fields = {"role": "user", "external_id": f"u{next(self.world.numbers)}", "email": _EMAIL, "phone": phone}
        self.world.in_intercom(hazard, lambda: self.world.workspace.directory.create(fields))

    @precondition(lambda self: self.contacts("lead") and self.contacts("user"))
    @rule(lead=ANY, user=ANY, hazard=HAZARDS)
    def merge_there(self, lead: int, user: int, hazard: str | None) -> None:
        self._merge_there(self.pick(lead, "lead"), self.pick(user, "user"), hazard, skip_duplicate_validation=True)

    @precondition(lambda self: len(self.contacts("user")) > 1)
    @rule(one=ANY, other=ANY, hazard=HAZARDS)
    def merge_users(self, one: int, other: int, hazard: str | None) -> None:
        self._merge_there(self.pick(one, "user"), self.pick(other, "user"), hazard)

    def _merge_there(self, gone: str | None, survivor: str | None, hazard: str | None, **more: Any) -> None:
        if gone is None or survivor is None or gone == survivor:
            return
        self.did("merge there")
        body = {"from": gone, "into": survivor, **more}
        self.world.in_intercom(hazard, lambda: self.world.workspace.merging.merge(body), about=gone, into=survivor)

    @precondition(lambda self: self.contacts("lead") and self.contacts("user"))
    @rule(lead=ANY, user=ANY)
    def merge_here(self, lead: int, user: int) -> None:
        gone, survivor = str(self.pick(lead, "lead")), str(self.pick(user, "user"))
        # What a teammate does with somebody who was erased is told of them again.
        if not self.people.is_live(gone) or not self.people.is_live(survivor):
            return
        if clicks.merge(self.world, gone, survivor):
            self.did("merge here")
            assert self.people.end(gone) == self.people.end(survivor)
            assert gone not in self.world.links().values()

    @precondition(lambda self: self.contacts())
    @rule(which=ANY, what=st.sampled_from(["delete", "archive", "block"]), hazard=HAZARDS)
    def change(self, which: int, what: str, hazard: str | None) -> None:
        contact_id = self.pick(which)
        if contact_id is not None:
            self.did(what)
            lifecycle = self.world.workspace.lifecycle
            self.world.in_intercom(hazard, lambda: getattr(lifecycle, what)(contact_id), about=contact_id)

    @precondition(lambda self: self.contacts(state="archived"))
    @rule(which=ANY, hazard=HAZARDS)
    def unarchive(self, which: int, hazard: str | None) -> None:
        self.did("unarchive")
        contact_id = str(self.pick(which, state="archived"))
        self.world.in_intercom(hazard, lambda: self.world.workspace.lifecycle.unarchive(contact_id))

    @precondition(lambda self: self.contacts())
    @rule(which=ANY, who=WHO, what=st.sampled_from(["phone", "no phone", "id", "no id", "name"]), hazard=HAZARDS)
    def edit(self, which: int, who: int, what: str, hazard: str | None) -> None:
        self.did(f"edit {what}")
        contact_id, sender = str(self.pick(which)), self.sender(who)
        changes: dict[str, dict[str, Any]] = {
            "phone": {"phone": sender.phone},
            "no phone": {"phone": None},
            "id": {"custom_attributes": {"kinbox_telegram_id": sender.id}},
            "no id": {"custom_attributes": {"kinbox_telegram_id": None}},
            "name": {"name": f"Edited{next(self.world.numbers)}by hand"},
        }

        def update() -> None:
            with suppress(ApiError):  # nobody has made the attribute yet
                self.world.workspace.directory.update(contact_id, changes[what])

        self.world.in_intercom(hazard, update)

    # Operators.

    @rule(who=WHO)
    def erase(self, who: int) -> None:
        self.did("erase sender")
        operators.erase_sender(self.world, self.sender(who))

    @precondition(lambda self: self.contacts())
    @rule(which=ANY)
    def erase_contact(self, which: int) -> None:
        self.did("erase contact")
        operators.erase_contact(self.world, str(self.pick(which)))

    # What must hold.

    @invariant()
    def nobody_is_taken_for_somebody_else(self) -> None:
        self.people.links(self.world.links())
        assert not self.people.faults, self.people.faults
        erasures = self.people.seen["senders erased"] + self.people.seen["erasures"]
        if erasures != self.erasures:
            self.erasures = erasures
            self.nothing_is_left_of_the_erased()

    def nothing_is_left_of_the_erased(self) -> None:
        words = self.people.words()
        left = leftovers(self.world.app, words) if words else []
        assert not left, left

    def all_are_told(self) -> None:
        """Nothing waits any more, so everything that was written shows, and what was not lost is followed."""
        self.nobody_is_taken_for_somebody_else()
        for key, contact_id in self.world.links().items():
            if contact_id is not None and contact_id not in self.world.untold:
                assert self.people.state(contact_id) not in {"merged", "deleted"}, (key, contact_id)
        assert not [sender for sender in self.people.senders if sender.queue]
        assert self.world.events() == []

    def all_are_walked(self) -> None:
        for key, contact_id in self.world.links().items():
            assert contact_id is None or self.people.state(contact_id) != "merged", (key, contact_id)

    def teardown(self) -> None:
        """The day ends: nothing fails any more, and whoever is linked to nobody writes once again."""
        world = self.world
        self.did("runs")
        world.workspace.faults.clear()
        self.catch_up()
        self.walk()
        for sender in self.people.senders:
            if sender.linked is not None and self.people.state(sender.linked) != "active":
                world.write(sender)
        self.catch_up()
        for key, contact_id in world.links().items():
            assert contact_id is None or self.people.state(contact_id) == "active", (key, contact_id)
        self.nothing_is_left_of_the_erased()
        self.frequency.update(self.people.seen)
