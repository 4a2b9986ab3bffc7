"""The sandbox's faults as a short list of switches for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.sandbox.faults import Faults
from app.sandbox.limits import WINDOW_S, RateLimit
from app.sandbox.problems import ApiError
from app.sandbox.workbench.refusals import Refused
from app.sandbox.workspace import Workspace

Json = dict[str, Any]

SCOPES: dict[str, Json] = {
    "all": {"path": None, "count": None},
    "next": {"path": None, "count": 1},
    "merge": {"path": "/contacts/merge", "count": 1},
}
"""Which calls a fault strikes: every one, the next one, the next merge."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One switch. `setting` names the number that it takes, in `unit`. Without a `fault` it is a setting of its own."""

    id: str
    title: str
    words: str
    fault: Mapping[str, Any] = field(default_factory=dict)
    setting: str | None = None
    default: float = 0.0
    unit: str = "s"


TROUBLES = (
    Trouble(
        id="slow",
        title="Slow Intercom",
        words="Each answer comes late.",
        fault={"kind": "delay"},
        setting="delay_s",
        default=6.0,
    ),
    Trouble(
        id="error",
        title="Intercom is down",
        words="Calls are answered 500 and not carried out.",
        fault={"kind": "status", "status": 500},
    ),
    Trouble(
        id="rate-limit",
        title="Rate limit reached",
        words="Calls are answered 429, to be sent again so much later.",
        fault={"kind": "status", "status": 429},
        setting="reset_s",
        default=10.0,
    ),
    Trouble(
        id="lost-answer",
        title="Lost answer",
        words="The call takes effect, but its answer never arrives.",
        fault={"kind": "lost", "when": "after"},
    ),
    Trouble(
        id="lost-call",
        title="Lost call",
        words="The connection breaks before anything is carried out.",
        fault={"kind": "lost", "when": "before"},
    ),
    Trouble(
        id="index-lag",
        title="Search lags behind",
        words="Search sees contacts as they were some time ago.",
        setting="index_lag_s",
        default=15.0,
    ),
    Trouble(
        id="small-limit",
        title="Small rate limit",
        words="Only so many calls are taken in ten seconds, the others are answered 429.",
        setting="rate_limit",
        default=10,
        unit="calls",
    ),
)


_OFF = {"index_lag_s": 0.0, "rate_limit": RateLimit.USUAL}
"""Settings as they are when nothing is wrong."""


def now(workspace: Workspace) -> Json:
    """How far the search lags behind, and what is left of the rate limit."""
    limit = workspace.limit
    return {
        "index_lag_s": workspace.faults.index_lag_s,
        "rate_limit": limit.per_window,
        "rate_remaining": limit.remaining(),
        "window_s": WINDOW_S,
    }


def switches(faults: Faults) -> list[Json]:
    """Every trouble with its present state."""
    state = faults.to_dict()
    return [_switch(trouble, state) for trouble in TROUBLES]


def turn(faults: Faults, asked: Mapping[str, Any]) -> None:
    """Turn one trouble on or off. Faults that were switched on elsewhere stay. Raises Refused 404 or 400."""
    trouble = next((each for each in TROUBLES if each.id == asked.get("id")), None)
    if trouble is None:
        raise Refused(404, "There is no such fault.")
    on = asked.get("on") is True
    number = _number(trouble, asked.get("value", trouble.default)) if trouble.setting else 0.0
    try:
        if trouble.fault:
            kept = [fault for fault in faults.to_dict()["faults"] if not _is(trouble, fault)]
            faults.set({"faults": [*kept, _fault(trouble, asked, number)] if on else kept})
        elif trouble.setting:
            faults.set({trouble.setting: number if on else _OFF[trouble.setting]})
    except ApiError as error:
        raise Refused(400, error.message) from None


def _switch(trouble: Trouble, state: Mapping[str, Any]) -> Json:
    active = next((fault for fault in state["faults"] if _is(trouble, fault)), None)
    setting = trouble.setting or ""
    on = active is not None if trouble.fault else state[setting] != _OFF[setting]
    value = (active or state).get(setting) if on else None
    return {
        "id": trouble.id,
        "title": trouble.title,
        "words": trouble.words,
        "on": on,
        "scope": _scope(active) if trouble.fault else None,
        "value": value or trouble.default if trouble.setting else None,
        "unit": trouble.unit,
    }


def _is(trouble: Trouble, fault: Mapping[str, Any]) -> bool:
    return bool(trouble.fault) and all(fault.get(name) == value for name, value in trouble.fault.items())


def _scope(fault: Mapping[str, Any] | None) -> str:
    if fault is None:
        return "all"
    if fault["path"] == SCOPES["merge"]["path"]:
        return "merge"
    return "all" if fault["count"] is None else "next"


def _fault(trouble: Trouble, asked: Mapping[str, Any], number: float) -> Json:
    scope = SCOPES.get(str(asked.get("scope", "all")), SCOPES["all"])
    setting = {trouble.setting: number} if trouble.setting else {}
    return {**trouble.fault, **scope, **setting}


def _number(trouble: Trouble, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 600:
        what = "calls" if trouble.unit == "calls" else "seconds"
        raise Refused(400, f"Give a number of {what} between 0 and 600.")
    return max(1, int(value)) if trouble.unit == "calls" else float(value)
