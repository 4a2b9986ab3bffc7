"""How Kinbox does in one workspace, as Intercom's health check asks it. Source: developers.intercom.com, "Installation
health check"."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_TEXT = 2084
"""Most characters that Intercom takes in a message or an address."""
TOO_LONG = timedelta(minutes=15)
"""Work that could be done, and that nobody has taken for this long: no worker runs, or far too few."""
FAILURES_THAT_COUNT = 3
"""Fewer failed messages may be their own fault, and not the channel's."""
LATELY = timedelta(days=1)
_MOST_NAMED = 5


class State(StrEnum):
    OK = "OK"
    UNHEALTHY = "UNHEALTHY"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, kw_only=True)
class HealthFacts:
    """What is known of a workspace."""

    installed: bool
    """Kinbox serves it: it was connected, and is not uninstalled."""
    has_token: bool
    revoked: bool
    """Intercom refuses the token."""
    from_environment: bool
    """The operator has set the token, so that installing again changes nothing."""
    due_since: datetime | None
    """Since when the oldest work is due that nobody has taken; None when there is none."""
    failing: tuple[str, ...] = field(default=(), repr=False)
    """Names of channels of which lately FAILURES_THAT_COUNT messages failed or more, and none came through."""
    admin_url: str | None = None
    """The admin page as the outside reaches it."""


@dataclass(frozen=True, kw_only=True)
class Health:
    """What Intercom is told. An admin of the workspace reads `message`."""

    state: State
    message: str = field(default="", repr=False)
    reinstall: bool = False
    """Offer to install the app again."""
    url: str | None = None
    """Or a page of ours, where it can be mended."""

    def to_json(self) -> dict[str, str]:
        """As Intercom wants it, each text within its limit."""
        told = {"state": self.state.value}
        if self.message:
            told["message"] = _cut(self.message)
        if self.reinstall:
            told["cta_type"] = "REINSTALL_CTA"
        elif self.url is not None and len(self.url) <= LONGEST_TEXT:
            told |= {"cta_type": "URL_CTA", "cta_label": "Open Kinbox", "cta_url": self.url}
        return told


UNKNOWN = Health(
    state=State.UNKNOWN, message="Kinbox cannot tell right now, because its database does not answer. It tries again."
)


def judge(facts: HealthFacts, now: datetime) -> Health:
    """The first thing that is wrong, the most severe first: what is behind it may go away with it."""
    if not facts.installed or not facts.has_token:
        return _unhealthy("Kinbox is not connected to this workspace. Install it to connect it.", facts, reinstall=True)
    if facts.revoked:
        return _unhealthy(_REVOKED[facts.from_environment], facts, reinstall=not facts.from_environment)
    if facts.due_since is not None and now - facts.due_since >= TOO_LONG:
        return _unhealthy(
            f"Messages have been waiting since {facts.due_since:%H:%M} UTC and are not brought into the Inbox."
            " Nothing is lost. Whoever runs Kinbox has to look whether its worker runs.",
            facts,
        )
    if facts.failing:
        return _unhealthy(_failing(facts.failing), facts)
    return Health(state=State.OK)


_REVOKED = {
    False: "Intercom no longer accepts Kinbox's access token for this workspace. Messages wait until Kinbox is"
    " installed again; nothing is lost.",
    True: "Intercom no longer accepts the access token that the operator of Kinbox has set for this workspace. Messages"
    " wait until there is a new one; nothing is lost.",
}


def _unhealthy(message: str, facts: HealthFacts, *, reinstall: bool = False) -> Health:
    return Health(
        state=State.UNHEALTHY, message=message, reinstall=reinstall, url=None if reinstall else facts.admin_url
    )


def _failing(names: tuple[str, ...]) -> str:
    told = ", ".join(f"“{_cut(name, 200)}”" for name in names[:_MOST_NAMED])
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return (
        f"Of these channels no message came through in the last 24 hours, and some failed: {told}{more}. The admin page"
        " of Kinbox says why, and lets them be tried again."
    )


def _cut(text: str, longest: int = LONGEST_TEXT) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
