"""The merges of a workspace, to look up and to download: who put whom into whom, when, why, and both as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.csv_text import write_csv
from app.domain.merge_record import MergeRecord
from app.storage import merges
from app.storage.database import transaction
from app.usecases.office import Office

AT_ONCE = 200
COLUMNS = (
    "id",
    "state",
    "lead_id",
    "user_id",
    "teammate_id",
    "teammate_name",
    "conversation_id",
    "asked_at",
    "sent_at",
    "finished_at",
    "verified_at",
    "consents",
    "reason",
    "failure",
    "request_id",
    "lead_before",
    "user_before",
    "user_after",
)
_SNAPSHOTS = ("lead_before", "user_before", "user_after")


@dataclass(frozen=True)
class MergePage:
    """Some merges, the newest first. `older` is for the next page; None on the last."""

    merges: tuple[MergeRecord, ...]
    older: str | None


def list_merges(office: Office, *, before: str | None = None, limit: int = 50) -> MergePage:
    """A page of merges: those before the one whose id is `before`, which the page above named as `older`."""
    with transaction() as connection:
        found = merges.of_workspace(connection, office.workspace_id, before=before, limit=limit + 1)
    shown = found[:limit]
    return MergePage(shown, shown[-1].id if len(found) > limit else None)


def find_merge(office: Office, merge_id: str) -> MergeRecord | None:
    """One merge of this workspace."""
    with transaction() as connection:
        return merges.one_of_workspace(connection, office.workspace_id, merge_id)


def merge_facts(merge: MergeRecord, *, snapshots: bool) -> dict[str, Any]:
    """A merge as JSON, times in ISO 8601. With `snapshots` also the contacts, which are personal data."""
    facts: dict[str, Any] = {
        "id": merge.id,
        "state": merge.state.value,
        "lead_id": merge.lead_id,
        "user_id": merge.user_id,
        "teammate_id": merge.teammate.id,
        "teammate_name": merge.teammate.name,
        "conversation_id": merge.conversation_id,
        "asked_at": _written(merge.asked_at),
        "sent_at": _written(merge.sent_at),
        "finished_at": _written(merge.finished_at),
        "verified_at": _written(merge.verified_at),
        "consents": list(merge.consents),
        "reason": merge.reason,
        "failure": merge.failure,
        "request_id": merge.request_id,
    }
    if snapshots:
        facts |= {name: dict(getattr(merge, name)) for name in _SNAPSHOTS}
    return facts


def each_merge(office: Office) -> Iterator[MergeRecord]:
    """All merges, the newest first, read a few at a time. That somebody took them away is recorded."""
    with transaction(write=True) as connection:
        office.workspace(connection)
        office.record(connection, "merges_exported", {})
    return _each(office)


def _each(office: Office) -> Iterator[MergeRecord]:
    before: str | None = None
    while True:
        page = list_merges(office, before=before, limit=AT_ONCE)
        yield from page.merges
        before = page.older
        if before is None:
            return


def merges_as_csv(office: Office) -> Iterator[str]:
    """All merges as the text of a CSV file, with the contacts as JSON in a cell each."""
    return write_csv(COLUMNS, (_row(merge) for merge in each_merge(office)))


def _row(merge: MergeRecord) -> list[object]:
    facts = merge_facts(merge, snapshots=True)
    facts["consents"] = " ".join(facts["consents"])
    facts |= {name: json.dumps(facts[name], ensure_ascii=False) if facts[name] else "" for name in _SNAPSHOTS}
    return [facts[name] for name in COLUMNS]


def _written(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
