"""Holds what the workspace shows against what was acknowledged."""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.sandbox.workspace import Workspace
from tests.crash.plan import Found
from tests.crash.senders import Message

Json = dict[str, Any]
ATTRIBUTE = "kinbox_telegram_id"


@dataclass(frozen=True)
class Verdict:
    found: Found
    details: tuple[str, ...]


def judge(
    workspace: Workspace, acknowledged: Mapping[int, Sequence[Message]], *, dead: int, unfinished: int
) -> Verdict:
    """Compare sender by sender. `details` name the senders whose messages are not as they should be."""
    contacts: dict[str, list[str]] = defaultdict(list)
    for contact in workspace.contacts():
        contacts[str(contact["custom_attributes"].get(ATTRIBUTE))].append(contact["id"])
    threads = _threads(workspace)
    sums: Counter[str] = Counter()
    details = []
    for sender, messages in acknowledged.items():
        holders = contacts[str(sender)]
        seen = [text for holder in holders for text in threads.get(holder, ())]
        faults = compared([one.text for one in messages], seen, holders=len(holders))
        sums.update(faults)
        if any(faults.values()):
            details.append(f"sender {sender}: {dict(+faults)}; acknowledged {len(messages)}, seen {seen}")
    strangers = sum(len(ids) for sender, ids in contacts.items() if not sender.isdecimal())
    sums["second_leads"] += strangers
    return Verdict(Found(**sums, dead_events=dead, unfinished_events=unfinished), tuple(details))


def compared(wanted: Sequence[str], seen: Sequence[str], *, holders: int) -> Counter[str]:
    """How one sender's thread differs from what was acknowledged, and how many contacts carry their id."""
    missing, surplus = Counter(wanted) - Counter(seen), Counter(seen) - Counter(wanted)
    kept_wanted, kept_seen = _without(wanted, missing), _without(seen, surplus)
    return Counter(
        lost=missing.total(),
        twice=surplus.total(),
        misordered_senders=int(kept_wanted != kept_seen),
        second_leads=max(0, holders - 1),
        senders_without_contact=int(holders == 0),
    )


def _without(texts: Sequence[str], left_out: Counter[str]) -> list[str]:
    left = Counter(left_out)
    kept = []
    for text in reversed(texts):
        if left[text]:
            left[text] -= 1
        else:
            kept.append(text)
    return kept[::-1]


def _threads(workspace: Workspace) -> Mapping[str, list[str]]:
    """What each contact wrote, in the order in which it came to the workspace."""
    threads: dict[str, list[str]] = defaultdict(list)
    for conversation in sorted(workspace.list_conversations(), key=lambda one: int(one["id"])):
        parts = conversation["conversation_parts"]["conversation_parts"]
        for written in (conversation["source"], *parts):
            if written["body"] and written["author"]["type"] != "admin":
                threads[written["author"]["id"]].append(_plain(written["body"]))
    return threads


def _plain(body: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", body)).strip()
