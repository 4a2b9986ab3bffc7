"""P7: no repr, no error text and no message about settings shows a secret, a name, an email or a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.deadline import Deadline
from app.domain import answers
from app.domain.identity import LinkedIdentity, Match
from app.domain.merge_record import MergeOrder, MergeRecord, MergeState
from app.domain.merging import PromotionNeeded, SharedIdentifier
from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.http.schemas import read_call
from app.intercom import errors
from app.intercom.client import Intercom
from app.settings import BadSettings, Settings
from app.storage.crypto import SecretBox
from app.storage.workspaces import WorkspaceDirectory, WorkspaceRepository
from app.usecases.open_desk import open_desk
from tests.conftest import CLIENT_SECRET, ENCRYPTION_KEY
from tests.leaks import leaks
from tests.sidebar.builders import compared, contact, home_of, identity, suggestions

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MARK = "Ivy Thornfield"


def objects() -> Iterator[object]:
    """The objects that pass through the sidebar, each with a person's name wherever it can hold a text."""
    environment = {
        "DATABASE_URL": "postgresql://kinbox:token-of-the-tests@127.0.0.1/kinbox",
        "INTERCOM_CLIENT_SECRET": CLIENT_SECRET,
        "KINBOX_ENCRYPTION_KEYS": ENCRYPTION_KEY,
        "INTERCOM_ACCESS_TOKEN": "token-of-the-tests",
        "INTERCOM_WORKSPACE_ID": "wk7test1",
    }
    settings = Settings.load(environment)
    workspace = Workspace(id="wk7test1", region="us", token="token-of-the-tests")
    teammate = Teammate("4410021", MARK)
    box = SecretBox((ENCRYPTION_KEY,))
    yield from (settings, settings.private_app, workspace, teammate, box)
    desk = open_desk(
        WorkspaceDirectory(WorkspaceRepository(box)),
        workspace,
        teammate,
        conversation_id="1",
        deadline=Deadline.after(1),
    )
    yield from (desk, desk.intercom, Intercom("https://api.intercom.io", "token-of-the-tests"))
    person = contact(MARK, record={"name": MARK})
    yield from (person, identity_of(MARK), Match("phone", MARK), SharedIdentifier("phone", MARK))
    yield read_call(
        {
            "workspace_id": "wk7test1",
            "contact": {"id": "1", "name": MARK, "phone": MARK},
            "admin": {"id": "2", "name": MARK},
            "component_id": "reference",
            "input_values": {"reference": MARK},
            "current_canvas": {"stored_data": {"state": MARK}},
        },
        is_click=True,
    )
    order = MergeOrder(
        workspace_id="w", lead_id="l", user_id="u", teammate=teammate, conversation_id=None,
        consents=frozenset(), reason=MARK,
    )  # fmt: skip
    record = MergeRecord(
        id="m", workspace_id="w", lead_id="l", user_id="u", state=MergeState.DONE, teammate=teammate,
        conversation_id=None, asked_at=NOW, lead_before={"name": MARK}, user_before={"name": MARK},
    )  # fmt: skip
    yield from (order, record)
    yield from _answers(person, record)


def identity_of(text: str) -> LinkedIdentity:
    return replace(identity(text), match=Match("phone", text, ("f" * 24,)))


def _answers(person: Any, record: MergeRecord) -> Iterator[object]:
    shown = compared(MARK)
    moved = answers.IdentityMoved(identity=identity_of(MARK), to_contact=person, from_contact_id="f")
    merged = answers.Merged(
        lead_label=MARK, user_label=MARK, user_id="u", user_url="https://x", by=MARK, at=NOW, verified=True
    )
    needed = PromotionNeeded(person, person)
    yield from (
        home_of(MARK, identities=(identity_of(MARK),), survivor_label=MARK),
        shown,
        shown.comparison,
        *shown.comparison.stays,
        *suggestions(MARK),
    )
    yield from (answers.MergeForm(person, suggestions(MARK)), answers.SeveralFound(MARK, suggestions(MARK)))
    yield from (answers.NobodyFound(MARK, "why"), answers.ConsentOwed(shown.allowed, frozenset(), MARK), merged, moved)
    yield from (answers.MergeUnderWay(by=MARK, same_pair=True), answers.MergeInDoubt(by=MARK, since=NOW))
    yield answers.PromotionRefused(needed=needed, promote_id="p", code="identifier_needed", typed=MARK)


@pytest.mark.parametrize("value", [*objects()], ids=lambda value: type(value).__name__)
def test_a_repr_names_nobody_and_shows_no_secret(value: object) -> None:
    for text in (repr(value), str(value), f"{[value]}"):
        assert MARK not in text
        assert leaks(text) == []


def errors_of_intercom() -> Iterator[Exception]:
    facts = errors.Facts(status=400, code="parameter_invalid", request_id="r", message=f"{MARK} is taken")
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.IntercomError):
            yield _made(kind, facts)
    yield BadSettings(("A fault.",))


def _made(kind: type[errors.IntercomError], facts: errors.Facts) -> errors.IntercomError:
    further: dict[type[errors.IntercomError], dict[str, Any]] = {
        errors.ContactMerged: {"survivor_id": "s"},
        errors.Conflict: {"contact_id": "c", "archived": False},
        errors.InvalidMerge: {"reason": "roles"},
        errors.NotRestorable: {"reason": "deleted"},
        errors.RateLimited: {"reset_at": NOW},
        errors.Unavailable: {"sent": True, "write": True},
        errors.TimedOut: {"sent": True, "write": True},
        errors.Unreadable: {"write": True},
    }
    return kind(facts=facts, **further.get(kind, {}))


@pytest.mark.parametrize("error", [*errors_of_intercom()], ids=lambda error: type(error).__name__)
def test_an_error_text_names_nobody(error: Exception) -> None:
    assert MARK not in f"{error!r} {error} {error.args}"


def test_a_wrong_setting_is_named_but_never_quoted() -> None:
    environment = {
        "DATABASE_URL": "mysql://token-of-the-tests@x/y",
        "INTERCOM_CLIENT_SECRET": "",
        "KINBOX_ENCRYPTION_KEYS": f"{CLIENT_SECRET},{ENCRYPTION_KEY}",
        "INTERCOM_ACCESS_TOKEN": "token-of-the-tests",
        "KINBOX_PUBLIC_URL": "token-of-the-tests",
        "KINBOX_LOG_LEVEL": "token-of-the-tests",
    }
    with pytest.raises(BadSettings) as caught:
        Settings.load(environment)
    assert len(caught.value.faults) >= 5
    assert leaks(f"{caught.value} {caught.value!r}") == []
