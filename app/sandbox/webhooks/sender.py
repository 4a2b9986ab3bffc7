"""Sends notifications in their order, from a thread of its own: five seconds for an answer, one repeat later."""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.sandbox.outgoing import Answer, call
from app.sandbox.problems import invalid
from app.sandbox.signed_bodies import sign_notification, to_bytes
from app.sandbox.webhooks.envelope import without_merged_from
from app.sandbox.webhooks.hazards import Hazards
from app.sandbox.webhooks.topics import KNOWN, PING, WANTED

Json = dict[str, Any]

ANSWER_LIMIT_S = 5.0
REPEAT_S = 60.0
TRIES = 2
GATHER_S = 2.0
"""For how long notifications that come out of order are gathered."""
USER_AGENT = "intercom-parrot-service-client/1.0"
KEPT = 300


@dataclass(kw_only=True)
class Delivery:
    """One sending of one notification, and what became of it."""

    number: int
    told: Json = field(repr=False)
    hazards: tuple[str, ...] = ()
    status: str = "waiting"
    """`waiting`, `repeating`, `delivered`, `failed` or `lost`."""
    tries: int = 0
    answer: Answer | None = None

    def to_dict(self) -> Json:
        answer = self.answer or Answer()
        names = ("id", "topic", "app_id", "created_at")
        return {
            "number": self.number,
            **{name: self.told[name] for name in names},
            "about": self.told["data"]["item"].get("id"),
            "status": self.status,
            "tries": self.tries,
            "answered": answer.status,
            "ms": answer.ms,
            "failure": answer.failure,
            "faults": list(self.hazards),
            "body": self.told,
        }


def _send(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    return call(method, url, body, headers, time_limit_s=ANSWER_LIMIT_S)


class Webhooks:
    """The webhook address of one app, for all workspaces that installed it. Thread-safe.

    Nothing is sent before `subscribe`. After it `start` sends from a thread; without it `deliver_due` and `flush` send
    from the caller's. `send` takes method, address, body and headers; tests put a client without a network there.
    """

    def __init__(self, client_secret: str, now: Callable[[], float] = time.time) -> None:
        self.url: str | None = None
        self.topics: frozenset[str] = WANTED
        self.hazards = Hazards()
        self.repeat_s = REPEAT_S
        self.send: Callable[[str, str, bytes, Mapping[str, str]], Answer] = _send
        self.told_to_stop = False
        """Whether a 410 ended the subscription."""
        self.installed: Callable[[str], bool] = lambda _app_id: True
        """Whether this workspace has the app."""
        self._secret = client_secret
        self._now = now
        self._ready = threading.Condition()
        self._sending = threading.RLock()
        self._waiting: list[tuple[float, int, Delivery]] = []
        self._log: deque[Delivery] = deque(maxlen=KEPT)
        self._count = 0
        self._thread: threading.Thread | None = None

    def subscribe(self, url: str | None, topics: Iterable[str] | None = None) -> None:
        """Send to `url` from now on; none ends it. Raises ApiError 400 when a HEAD request there fails."""
        chosen = self.topics if topics is None else frozenset(topics)
        if unknown := sorted(chosen - KNOWN):
            raise invalid(f"The sandbox sends no {unknown[0]}", "topics")
        if url is not None:
            answer = self.send("HEAD", url, b"", {"User-Agent": USER_AGENT})
            if answer.status is None or not 200 <= answer.status < 300:
                raise invalid(f"A HEAD request to the URL must succeed; it answered {answer.status}", "url")
        self.url, self.topics, self.told_to_stop = url, chosen, False

    def wants(self, topic: str, app_id: str) -> bool:
        if self.url is None or self.told_to_stop or not self.installed(app_id):
            return False
        return topic == PING or topic in self.topics

    def take(self, told: Json) -> None:
        """Queue a notification, with the faults that are on."""
        with self._ready:
            hazards, self.hazards = self.hazards, self.hazards.after_one()
            if hazards.without_merged_from:
                told = without_merged_from(told)
            struck = hazards.struck()
            if hazards.lost:
                self._note(told, struck).status = "lost"
                return
            now = self._now()
            due = now + hazards.late_s if hazards.late else now
            if hazards.out_of_order:
                due = (due // GATHER_S + 1) * GATHER_S
            for _time in range(2 if hazards.doubled else 1):
                delivery = self._note(told, struck)
                self._queue(due, delivery, newest_first=hazards.out_of_order)
            self._ready.notify_all()

    def deliver_due(self) -> int:
        """Send what is due by now, in order. Answers how many calls were made."""
        return self._deliver(self._now)

    def flush(self) -> int:
        """Send all that waits, the late ones and the repeats too, each when its turn is and without waiting for it."""
        return self._deliver(lambda: float("inf"))

    def deliveries(self) -> list[Json]:
        """The latest ones, newest first."""
        with self._ready:
            return [delivery.to_dict() for delivery in reversed(self._log)]

    def waiting(self) -> int:
        with self._ready:
            return len(self._waiting)

    def clear(self) -> None:
        """No faults, nothing waiting, nothing remembered; the subscription stays."""
        with self._ready:
            self.hazards = Hazards()
            self._waiting.clear()
            self._log.clear()

    def start(self) -> None:
        """Send from a thread until `stop`."""
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """What waits is lost, as in an outage of Intercom's."""
        thread, self._thread = self._thread, None
        with self._ready:
            self._ready.notify_all()
        if thread is not None:
            thread.join(ANSWER_LIMIT_S)

    def _run(self) -> None:
        while self._thread is threading.current_thread():
            self.deliver_due()
            with self._ready:
                if self._thread is threading.current_thread():
                    soonest = self._waiting[0][0] - self._now() if self._waiting else 1.0
                    self._ready.wait(min(1.0, max(0.0, soonest)))

    def _deliver(self, until: Callable[[], float]) -> int:
        made = 0
        with self._sending:
            while (delivery := self._next(until())) is not None:
                made += self._attempt(delivery)
        return made

    def _next(self, until: float) -> Delivery | None:
        with self._ready:
            if not self._waiting or self._waiting[0][0] > until:
                return None
            return heapq.heappop(self._waiting)[2]

    def _attempt(self, delivery: Delivery) -> int:
        """How many calls were made: none once nobody wants to be told."""
        if self.url is None or self.told_to_stop:
            delivery.status = "lost"
            return 0
        delivery.tries += 1
        body = to_bytes({**delivery.told, "delivery_attempts": delivery.tries})
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": USER_AGENT,
            "X-Hub-Signature": sign_notification(body, self._secret),
        }
        answer = self.send("POST", self.url, body, headers)
        with self._ready:
            self._judge(delivery, answer)
        return 1

    def _judge(self, delivery: Delivery, answer: Answer) -> None:
        delivery.answer = answer
        if answer.status is not None and 200 <= answer.status < 300:
            delivery.status = "delivered"
        elif answer.status == 410 or delivery.tries >= TRIES:
            delivery.status = "failed"
            self.told_to_stop = self.told_to_stop or answer.status == 410
        else:
            delivery.status = "repeating"
            self._queue(self._now() + self.repeat_s, delivery)

    def _note(self, told: Json, struck: tuple[str, ...]) -> Delivery:
        self._count += 1
        delivery = Delivery(number=self._count, told=told, hazards=struck)
        self._log.append(delivery)
        return delivery

    def _queue(self, due: float, delivery: Delivery, *, newest_first: bool = False) -> None:
        order = -delivery.number if newest_first else delivery.number
        heapq.heappush(self._waiting, (due, order, delivery))
