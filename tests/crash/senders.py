"""People who write to a Telegram bot, and Telegram, which delivers again what was not acknowledged."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

SECRET = "hook-secret"
_HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
_TWIN_EVERY = 4
_AGAIN = 0.05
"""The share of acknowledged messages that are delivered once more all the same."""


@dataclass(frozen=True)
class Message:
    sender: int
    number: int
    """From 0 in the order of the sender's messages."""
    update_id: int
    text: str
    date: int

    def update(self) -> Mapping[str, Any]:
        person = {"id": self.sender, "is_bot": False, "first_name": f"Sender{self.sender}"}
        return {
            "update_id": self.update_id,
            "message": {
                "message_id": self.update_id,
                "date": self.date,
                "chat": {"id": self.sender, "type": "private"},
                "from": person,
                "text": self.text,
            },
        }


def written(messages: int, senders: int, now_s: int) -> list[list[Message]]:
    """Each sender's messages. Some of them say the same as the one before, within the same second."""
    ids = itertools.count(700_000)
    return [list(_of_sender(5_200_000 + one, messages, senders, one, now_s, ids)) for one in range(senders)]


def _of_sender(
    sender: int, messages: int, senders: int, position: int, now_s: int, ids: Iterator[int]
) -> Iterator[Message]:
    count = messages // senders + (position < messages % senders)
    for number in range(count):
        first = number - 1 if number % _TWIN_EVERY == _TWIN_EVERY - 1 else number
        yield Message(sender, number, next(ids), f"message {first} of {sender}", now_s + first)


class Gate:
    """Lets messages out as the kills go on, so that there is work at every kill."""

    def __init__(self, rounds: int) -> None:
        self._rounds = rounds
        self._passed = 0
        self._changed = threading.Condition()

    def pass_round(self) -> None:
        with self._changed:
            self._passed += 1
            self._changed.notify_all()

    def wait(self, share: float, limit_s: float) -> None:
        """Until this share of the rounds has passed."""
        with self._changed:
            self._changed.wait_for(lambda: self._passed >= int(share * self._rounds), limit_s)


class Telegram:
    """Every sender on a thread: one message after the other, each until it is acknowledged."""

    def __init__(self, url: str, gate: Gate, *, until_s: float, spread_s: float, seed: int) -> None:
        self._url = url
        self._gate = gate
        self._until_s = until_s
        self._spread_s = spread_s
        self._seed = seed
        self._lock = threading.Lock()
        self.posts: Counter[str] = Counter()
        self.acknowledged: dict[int, list[Message]] = defaultdict(list)
        self._threads: list[threading.Thread] = []

    def begin(self, people: Sequence[Sequence[Message]]) -> None:
        self._threads = [threading.Thread(target=self._write, args=(one,), daemon=True) for one in people]
        for thread in self._threads:
            thread.start()

    @property
    def is_done(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def _write(self, messages: Sequence[Message]) -> None:
        chance = random.Random(self._seed * 1_000_003 + messages[0].sender)
        for message in messages:
            self._gate.wait(message.number / len(messages), self._until_s - time.monotonic())
            time.sleep(chance.random() * self._spread_s)
            while not self._post(message):
                if time.monotonic() > self._until_s:
                    return
                time.sleep(0.2 + chance.random() * 0.3)
            with self._lock:
                self.acknowledged[message.sender].append(message)
            if chance.random() < _AGAIN:
                self._post(chance.choice(messages[: message.number + 1]))

    def _post(self, message: Message) -> bool:
        try:
            status = requests.post(self._url, json=message.update(), headers=_HEADERS, timeout=15).status_code
        except requests.RequestException:
            self._count("without an answer")
            return False
        self._count(f"answered {status}")
        return 200 <= status < 300

    def _count(self, what: str) -> None:
        with self._lock:
            self.posts[what] += 1
