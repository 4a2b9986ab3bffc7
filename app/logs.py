"""Logs for machines: one JSON object a line on stderr, with no secret and no personal text in it."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from app.errors import AppError

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The request that the current thread works for."""

MASK = "[secret]"
SHORTEST_SECRET = 8
"""Shorter values are not masked: they would tear holes in ordinary words."""
_QUIET = ("urllib3", "werkzeug", "sqlalchemy", "requests")
"""Their lines hold raw URLs and SQL: shown from WARNING on."""
_TOKEN_SHAPES = re.compile(r"dG9r[OD][\w+/=-]{12,}|(?<=Bearer )[\w.+/=-]{8,}")
"""Intercom's access tokens (base64 of `tok:...`) and whatever is sent as a bearer."""
_TOKEN_MARKS = ("dG9r", "Bearer ")
"""One of them is in every token that has such a shape; most lines have neither, and need no search by pattern."""
_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_TELLING = ("OperationalError",)
"""Errors of libraries whose text says what is wrong with the machine, and names nobody."""


def configure_logs(level: str, secrets: Iterable[str] = ()) -> None:
    """Send everything from `level` up to stderr. May be called again; the last call counts."""
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, JsonHandler)]:
        root.removeHandler(handler)
    root.addHandler(JsonHandler(secrets))
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


@contextmanager
def quiet_logs() -> Iterator[None]:
    """Warnings and worse only, for commands that people read; KINBOX_LOG_LEVEL=DEBUG still shows all."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(max(level, logging.WARNING) if level > logging.DEBUG else level)
    try:
        yield
    finally:
        root.setLevel(level)


class JsonHandler(logging.StreamHandler[TextIO]):
    """Writes to whatever stderr is at the time of the line."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(JsonFormatter(secrets))

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _stream: TextIO) -> None:
        raise AttributeError("the stream is always stderr")


class JsonFormatter(logging.Formatter):
    """time, level, logger, message, request_id, the record's extras, and a fault with its frames.

    As a last belt every known secret, and all that looks like an Intercom token, is masked in the whole line.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        known = sorted({one for one in secrets if len(one) >= SHORTEST_SECRET}, key=len, reverse=True)
        self._secrets = [json.dumps(one)[1:-1] for one in known]

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        current = request_id.get()
        if current is not None:
            line["request_id"] = current
        line |= {name: value for name, value in vars(record).items() if name not in _OWN_FIELDS}
        if record.exc_info and record.exc_info[1] is not None:
            line["fault"] = tell_fault(record.exc_info[1])
        return self._mask(_ENCODER.encode(line))

    def _mask(self, text: str) -> str:
        for secret in self._secrets:  # the longest first, for one may be a part of another
            text = text.replace(secret, MASK)
        return _TOKEN_SHAPES.sub(MASK, text) if any(mark in text for mark in _TOKEN_MARKS) else text


def tell_fault(fault: BaseException) -> list[str]:
    """An exception and its causes: types, frames, and the text only where it is known to name nobody."""
    told: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = fault
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        told.append(_headline(current))
        told += [f"{at.filename}:{at.lineno} in {at.name}" for at in traceback.extract_tb(current.__traceback__)]
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return told


def _headline(fault: BaseException) -> str:
    kind = type(fault)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(fault, AppError) or kind.__name__ in _TELLING:
        return f"{name}: {fault}"
    return name


def _name_type(value: object) -> str:
    """Only plain values are logged; an object's repr may hold anything."""
    return f"<{type(value).__name__}>"


_ENCODER = json.JSONEncoder(default=_name_type)
"""Made once: every request logs a line."""
