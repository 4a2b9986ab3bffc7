"""Who writes to the shop, and what the stand-ins have given out. Kept in a file, so that a restart forgets nobody."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from app.sandbox.providers.base import Account, Json, Person, Picture
from app.sandbox.providers.picture import armchair

PICTURES_KEPT = 500


class Book:
    """The desk of all stand-ins: one account a channel, the people by channel and id, the pictures sent. Thread-safe.

    `people` are known from the start; those who come later are added to the file at `path`, if there is one.
    """

    def __init__(self, people: Iterable[Person] = (), path: Path | None = None) -> None:
        self._accounts: Callable[[], Mapping[str, Account]] = dict
        self._lock = threading.Lock()
        self._path = path
        kept: Json = json.loads(path.read_text("utf-8")) if path and path.exists() else {}
        everybody = (*people, *(Person(**one) for one in kept.get("people", [])))
        self._people = {(one.channel, one.id): one for one in everybody}
        self._pictures: list[str] = kept.get("pictures", [])
        self._number: int = kept.get("number", 0)

    @property
    def accounts(self) -> Mapping[str, Account]:
        """The shop's accounts by channel, as they are now."""
        return self._accounts()

    def open(self, accounts: Iterable[Account]) -> None:
        """Let these be the shop's accounts."""
        opened = {account.slug: account for account in accounts}
        self.follow(lambda: opened)

    def follow(self, accounts: Callable[[], Mapping[str, Account]]) -> None:
        """Ask for the shop's accounts each time they are needed, since they come and go."""
        self._accounts = accounts

    def account(self, slug: str) -> Account | None:
        return self.accounts.get(slug)

    def person(self, slug: str, person_id: str) -> Person | None:
        with self._lock:
            return self._people.get((slug, person_id))

    def picture(self, picture_id: str) -> Picture | None:
        with self._lock:
            return armchair() if picture_id in self._pictures else None

    def people(self) -> list[Person]:
        """Everybody, who wrote last first."""
        with self._lock:
            return list(self._people.values())[::-1]

    def next_number(self, now_s: int) -> int:
        """A message's number, unlike that of every other one, also of those before a restart.

        It runs ahead of the clock when several messages are written in a second.
        """
        with self._lock:
            self._number = max(self._number + 1, now_s)
            self._save()
            return self._number

    def wrote(self, person: Person, picture_id: str | None = None) -> None:
        """Remember this person as the last who wrote. A name once known stays."""
        with self._lock:
            before = self._people.pop((person.channel, person.id), None)
            known = replace(person, name=person.name or before.name) if before else person
            self._people[person.channel, person.id] = known
            if picture_id:
                self._pictures = [*self._pictures, picture_id][-PICTURES_KEPT:]
            self._save()

    def _save(self) -> None:
        if self._path is None:
            return
        people = [asdict(one) for one in self._people.values()]
        kept = {"people": people, "pictures": self._pictures, "number": self._number}
        made = self._path.with_suffix(".new")
        made.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
        made.replace(self._path)
