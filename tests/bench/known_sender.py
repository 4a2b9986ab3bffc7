"""What a known sender costs in the database, with a thousand people and with a million."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import text

from app.domain.workspace import Workspace
from app.intercom.client import Intercom
from app.services import Services, services
from app.storage.database import db, transaction
from app.storage.lanes import lane_name
from app.worker.base import Performer
from app.worker.bridge import bridge
from tests.bench.flow import forget_events
from tests.bench.shop import WORKSPACE_ID, Shop, sender_id

FEW, MANY = 1_000, 1_000_000
MEASURED = 400
WARM_UP = 100
_ROWS = {
    "identity": (
        "id, workspace_id, account_id, sender_id, display_name, contact_id, match, first_message_at, last_message_at",
        "{id}, '{workspace}', {account}, {sender}, 'Ivy', {contact}, {match}, {time}, {time}",
    ),
    "conversation_link": (
        "identity_id, workspace_id, conversation_id, state, contact_id, last_activity_at",
        "{id}, '{workspace}', {conversation}, 'open', {contact}, {time}",
    ),
    "known_contact": (
        "workspace_id, contact_id, role, attributes, seen_at",
        "'{workspace}', {contact}, 'lead', {attributes}, {time}",
    ),
}


@dataclass(frozen=True)
class Cost:
    """Milliseconds for one message, the median: to store it, and to bring it through without Intercom's own time."""

    store_ms: float
    deliver_ms: float

    @property
    def total_ms(self) -> float:
        return self.store_ms + self.deliver_ms


class _Silent(Intercom):
    """Takes every reply and sends nothing."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1", "token")
        self.conversations.reply = _taken  # type: ignore[method-assign]  # so that only the database is measured


def _taken(*_: Any, **__: Any) -> None:
    return None


class _Offline(Services):
    def intercom(self, workspace: Workspace, **_: object) -> Intercom:
        return _Silent()


def measure(shop: Shop) -> dict[int, Cost]:
    """The cost by the number of people. Leaves their rows behind."""
    costs = {}
    with shop.kinbox() as kinbox:
        performer = Performer(kinbox, bridge(_Offline(**vars(services()))))
        _forget_people()
        before = 0
        for people in (FEW, MANY):
            forget_events()
            _add_people(shop, before, people)
            costs[people] = _cost(shop, performer, people)
            before = people
        forget_events()
    return costs


def _cost(shop: Shop, performer: Performer, people: int) -> Cost:
    """Of people who are spread evenly over all of them, each asked once."""
    step = people // (MEASURED + WARM_UP)
    chosen = [number * step for number in range(MEASURED + WARM_UP)]
    stored = [_took_ms(lambda number=number: shop.store(range(number, number + 1), 1)) for number in chosen]  # type: ignore[misc]  # bound at once
    worked = []
    for number in chosen:
        lane = lane_name(shop.account_id, sender_id(number))
        worked.append(_took_ms(lambda lane=lane: performer.work_lane(lane)))  # type: ignore[misc]  # bound at once
    with transaction() as connection:
        waiting = connection.execute(text("SELECT count(*) FROM inbound_event WHERE state <> 'done'")).scalar_one()
    if waiting:
        raise RuntimeError(f"{waiting} messages were not delivered")
    return Cost(median(stored[WARM_UP:]), median(worked[WARM_UP:]))


def _took_ms(do: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    do()
    return (time.perf_counter() - began_s) * 1000


def _forget_people() -> None:
    forget_events()
    with transaction(write=True) as connection:
        for table in ("conversation_link", "known_contact", "identity"):
            connection.execute(text(f"DELETE FROM {table} WHERE workspace_id = :id"), {"id": WORKSPACE_ID})


def _add_people(shop: Shop, first: int, last: int) -> None:
    """Rows for the people from `first` to before `last`, made by the database itself."""
    is_postgres = db.engine.dialect.name == "postgresql"
    first_sender = int(sender_id(0))
    facts = {
        "id": "1 + n",
        "workspace": WORKSPACE_ID,
        "account": shop.account_id,
        "sender": f"CAST({first_sender} + n AS text)",
        "contact": "lpad(to_hex(n), 24, '0')" if is_postgres else "printf('%024x', n)",
        "conversation": "CAST(n AS text)",
        "match": _json('{"rule":"new_lead","value":null,"runners_up":[]}', cast=is_postgres),
        "attributes": _json('{"kinbox_channel":"telegram"}', cast=is_postgres),
        "time": "now()" if is_postgres else "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
    }
    numbers = (
        f"SELECT n FROM generate_series({first}, {last - 1}) AS n"
        if is_postgres
        else f"WITH RECURSIVE all_of(n) AS (VALUES({first}) UNION ALL SELECT n + 1 FROM all_of WHERE n < {last - 1})"
        " SELECT n FROM all_of"
    )
    with transaction(write=True) as connection:
        for table, (columns, values) in _ROWS.items():
            rows = f"SELECT {values.format(**facts)} FROM ({numbers}) AS numbers"
            connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) {rows}")
        if is_postgres:  # it would do so by itself; on SQLite nobody does
            connection.exec_driver_sql("ANALYZE")
    if not is_postgres:
        with db.engine.connect() as connection:  # what is measured next must not pay for it
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _json(value: str, *, cast: bool) -> str:
    return f"CAST('{value}' AS json)" if cast else f"'{value}'"
