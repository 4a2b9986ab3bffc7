from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.teammate import Teammate
from app.http.admin.activity_words import sentence
from app.storage.audit import AuditEntry

ROSA = Teammate("4410021", "Rosa Teammate")


@pytest.mark.parametrize(
    ("action", "by", "why", "told"),
    [
        ("person_erased", None, "erased", "An operator at the command line erased everything that was kept"),
        ("person_erased", ROSA, "erased", "Rosa Teammate erased everything that was kept"),
        ("person_erased", None, "deleted", "Kinbox erased everything that was kept"),
        ("person_exported", None, None, "An operator at the command line took everything that is kept about this"),
    ],
)
def test_erasing_and_exporting_say_who_did_it(action: str, by: Teammate | None, why: str | None, told: str) -> None:
    at, details = datetime(2026, 11, 22, tzinfo=UTC), {} if why is None else {"why": why}
    entry: Any = AuditEntry(id=1, at=at, action=action, by=by, contact_id="c", details=details)
    assert sentence(entry).startswith(told)
