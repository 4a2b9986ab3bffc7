"""What a known sender costs with a thousand people and with a million: their messages, and the sidebar on them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import quantiles
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text

from app.domain.workspace import Workspace
from app.intercom.client import Intercom
from app.services import Services, services
from app.storage import senders
from app.storage.contact_facts import contact_facts
from app.storage.database import db, transaction
from app.storage.lanes import lane_name
from app.usecases.bridge import match_contact
from app.worker.base import Performer
from app.worker.bridge import bridge
from tests.bench.flow import forget_events
from tests.bench.shop import CLIENT_SECRET, WORKSPACE_ID, Shop, sender_id
from tests.sidebar_driver import ADMIN, sign

FEW, MANY = 1_000, 1_000_000
MEASURED = 400
WARM_UP = 100
ROUNDS = 2
"""How often reads are measured: among FEW people there are not more who were not asked for yet."""
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
    """Milliseconds, lower quartiles: what else the machine does disturbs the rest.

    Of one message: to find the stored link of its sender, to store it, to bring it through without Intercom's own time.
    Of one initialize: what the database is asked for, and all of it without a server.
    """

    lookup_ms: float
    store_ms: float
    deliver_ms: float
    facts_ms: float
    initialize_ms: float

    def of(self, what: str) -> float:
        """Milliseconds of a `stored link`, a whole `message`, an `initialize`, or what its `database` part takes."""
        return {
            "stored link": self.lookup_ms,
            "message": self.store_ms + self.deliver_ms,
            "initialize": self.initialize_ms,
            "database": self.facts_ms,
        }[what]


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
        client = kinbox.test_client()
        forget_people()
        before = 0
        for people in (FEW, MANY):
            forget_events()
            add_people(shop, before, people)
            costs[people] = _cost(shop, performer, client, people)
            before = people
        forget_events()
    return costs


def _cost(shop: Shop, performer: Performer, client: FlaskClient, people: int) -> Cost:
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
    opens = {number: _request(number) for number in (one + shift for shift in range(ROUNDS) for one in chosen)}
    return Cost(
        lookup_ms=_quietest(chosen, lambda number: _stored_link(shop, number)),
        store_ms=quantiles(stored[WARM_UP:])[0],
        deliver_ms=quantiles(worked[WARM_UP:])[0],
        facts_ms=_quietest(chosen, _facts),
        initialize_ms=_quietest(chosen, lambda number: _initialize(client, *opens[number])),
    )


def _quietest(people: list[int], do: Callable[[int], None]) -> float:
    """The least of some rounds, each with the neighbours of these people, so that no cache knows anybody."""
    rounds = [[_took_ms(partial(do, number + shift)) for number in people] for shift in range(ROUNDS)]
    return min(quantiles(took[WARM_UP:])[0] for took in rounds)


def _stored_link(shop: Shop, number: int) -> None:
    with transaction() as connection:
        known = senders.with_sender_id(connection, shop.account_id, sender_id(number))
    found = match_contact.stored_link(WORKSPACE_ID, known) if known else None
    if found is None or found.contact_id != f"{number:024x}":
        raise RuntimeError("a known sender was not found")


def _facts(number: int) -> None:
    with transaction() as connection:
        if len(contact_facts(connection, WORKSPACE_ID, f"{number:024x}").identities) != 1:
            raise RuntimeError("a contact's identity was not found")


def _request(number: int) -> tuple[bytes, str]:
    """An initialize of this person's contact, and its signature."""
    contact = {"type": "contact", "id": f"{number:024x}", "role": "lead", "name": "Ivy", "workspace_id": WORKSPACE_ID}
    body = json.dumps({"workspace_id": WORKSPACE_ID, "admin": ADMIN, "contact": contact}).encode()
    return body, sign(body, CLIENT_SECRET)


def _initialize(client: FlaskClient, body: bytes, signature: str) -> None:
    headers = {"X-Body-Signature": signature}
    answer = client.post("/canvas/initialize", data=body, headers=headers, content_type="application/json")
    if answer.status_code != 200 or b"Telegram" not in answer.data:
        raise RuntimeError(f"an initialize answered {answer.status_code} without the linked channel")


def _took_ms(do: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    do()
    return (time.perf_counter() - began_s) * 1000


def forget_people() -> None:
    forget_events()
    with transaction(write=True) as connection:
        for table in ("conversation_link", "known_contact", "identity"):
            connection.execute(text(f"DELETE FROM {table} WHERE workspace_id = :id"), {"id": WORKSPACE_ID})


def add_people(shop: Shop, first: int, last: int) -> None:
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
    # What is measured next must not pay for it. PostgreSQL would tidy up by itself, but meanwhile.
    tidy_up = f"VACUUM ANALYZE {', '.join(_ROWS)}" if is_postgres else "PRAGMA wal_checkpoint(TRUNCATE)"
    with db.engine.connect() as opened:
        connection = opened.execution_options(isolation_level="AUTOCOMMIT") if is_postgres else opened
        if not is_postgres:
            connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql(tidy_up)


def _json(value: str, *, cast: bool) -> str:
    return f"CAST('{value}' AS json)" if cast else f"'{value}'"
