"""How a channel account does, in words for an admin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.findings import Finding
from app.http.admin.badges import State, Tone
from app.sidebar.reasons import failure
from app.storage.channel_health import ChannelHealth
from app.storage.channels import StoredAccount

_TONES: dict[str, Tone] = {"ok": "good", "warn": "warn", "fail": "bad"}
_LABELS = {"ok": "Fine", "warn": "Look at this", "fail": "Broken"}
_TOLD_ELSEWHERE = frozenset({"failed", "paused", "called"})
"""What the page says itself, with its times in the workspace's zone."""
_MENDS = {
    "secrets": "Enter it below, under Secrets.",
    "address": "Remove the channel and add it again with the right one.",
    "country": "Set the default country in the settings.",
    "heard": "Write to it. If nothing arrives, compare the address at the provider with the webhook below.",
}
"""Instead of the commands that an operator is told."""
_SHORT = {"api": "API", "aes": "AES", "sid": "SID", "id": "ID"}


@dataclass(frozen=True)
class FindingTold:
    label: str
    tone: Tone
    what: str
    mend: str


def state_of(account: StoredAccount, health: ChannelHealth) -> State:
    if account.paused_at is not None:
        return State("Paused", "warn")
    if health.dead:
        return State("Has failed events", "bad")
    if health.last_error is not None:
        return State("Has trouble", "warn")
    if health.last_event_at is None:
        return State("No message yet", "none")
    return State("Works", "good")


def findings_told(findings: Iterable[Finding]) -> tuple[FindingTold, ...]:
    return tuple(
        FindingTold(_LABELS[one.level], _TONES[one.level], one.what, _MENDS.get(one.about) or _for_admins(one.mend))
        for one in findings
        if one.about not in _TOLD_ELSEWHERE
    )


def error_words(code: str | None) -> str:
    """The last error in a line; empty when there is none."""
    if not code:
        return ""
    return "The provider sent something unreadable" if code.startswith("it has no ") else failure(code)[0]


def titled(name: str) -> str:
    """A secret's name as a label: `auth_token` is `Auth token`, `api_key` is `API key`."""
    words = [_SHORT.get(word, word) for word in name.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def _for_admins(mend: str) -> str:
    """A command helps nobody in a browser."""
    return "" if "flask --app" in mend else mend
