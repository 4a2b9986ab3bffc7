"""Finds in logs what must never be there: secrets, and the names, emails and phones of the people in the tests."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterable, Iterator

from app.logs import JsonFormatter
from app.sandbox.seed_contacts import rows
from app.sandbox.workspace import Account

CLIENT_SECRET = "client-secret-of-the-tests"
ENCRYPTION_KEY = "YDnEzyMolZ1L7zFhgaJ8JqzDRixv6vonl98fUI1QGuY="
SECRETS = (CLIENT_SECRET, ENCRYPTION_KEY, Account().token, Account().client_secret, "token-of-the-tests")
PEOPLE_OF_THE_TESTS = (
    "Ivy Stone",
    "Ivy Thornfield",
    "I. Stone",
    "Ann Stone",
    "Bea Archer",
    "Rosa Teammate",
    "rosa@shop.example",
    "ivy@shop.example",
    "ann@shop.example",
    "bea@shop.example",
    "+35315550123",
    "+353 1 555 0123",
)
SHORTEST_NAME = 4
"""Shorter names are ordinary words, too."""
EXEMPT = frozenset({"kinbox.tests"})
"""The logger with which the log's own tests try what it does with secrets."""


def personal_texts() -> Iterator[str]:
    """Names, emails and phones of everybody in the furnished workspace and in the tests, phones in bare digits too."""
    yield from PEOPLE_OF_THE_TESTS
    for _, _, name, email, phone, *_ in rows():
        yield from (text for text in (name, email, phone) if text)
        digits = re.sub(r"\D", "", phone or "")
        if len(digits) > 8:
            yield digits


def _pattern(texts: Iterable[str]) -> re.Pattern[str]:
    long = {text.strip() for text in texts if len(text.strip()) >= SHORTEST_NAME}
    spelt = {spelling for text in long for spelling in (text, json.dumps(text)[1:-1])}
    words = "|".join(re.escape(text) for text in sorted(spelt, key=len, reverse=True))
    return re.compile(rf"(?<![\w@])(?:{words})(?!\w)")


_PERSONAL = _pattern(personal_texts())
_SECRET = re.compile("|".join(re.escape(secret) for secret in SECRETS))


def leaks(text: str) -> list[str]:
    """What a text shows that it must not."""
    return [found.group() for pattern in (_SECRET, _PERSONAL) for found in pattern.finditer(text)]


class LeakWatch(logging.Handler):
    """Reads every line that is logged, as an operator would without the last belt that masks secrets."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.lines = 0
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name in EXEMPT:
            return
        self.lines += 1
        line = self.format(record)
        shown = leaks(line)
        if shown:
            test = os.environ.get("PYTEST_CURRENT_TEST", "between tests")
            self.found.append(f"{test}: {shown} in {line}")


def told_of(watch: LeakWatch) -> str:
    return "\n".join(["The log names people or shows secrets:", *watch.found[:20]])
