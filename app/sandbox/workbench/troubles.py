"""The sandbox's faults as a short list of switches for the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.sandbox.faults import Faults
from app.sandbox.problems import ApiError
from app.sandbox.workbench.refusals import Refused

Json = dict[str, Any]

SCOPES: dict[str, Json] = {
    "all": {"path": None, "count": None},
    "next": {"path": None, "count": 1},
    "merge": {"path": "/contacts/merge", "count": 1},
}
"""Which calls a fault strikes: every one, the next one, the next merge."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One switch. `setting` names the number that it takes, in seconds."""

    id: str
    title: str
    words: str
    fault: Mapping[str, Any] = field(default_factory=dict)
    setting: str | None = None
    default_s: float = 0.0


TROUBLES = (
    Trouble(
        id="slow",
        title="Slow Intercom",
        words="Each answer comes late.",
        fault={"kind": "delay"},
        setting="delay_s",
        default_s=6.0,
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
        default_s=10.0,
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
        default_s=30.0,
    ),
)


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
    seconds = _seconds(asked.get("value", trouble.default_s)) if trouble.setting else 0.0
    try:
        if trouble.fault:
            kept = [fault for fault in faults.to_dict()["faults"] if not _is(trouble, fault)]
            faults.set({"faults": [*kept, _fault(trouble, asked, seconds)] if on else kept})
        else:
            faults.set({"index_lag_s": seconds if on else 0.0})
    except ApiError as error:
        raise Refused(400, error.message) from None


def _switch(trouble: Trouble, state: Mapping[str, Any]) -> Json:
    active = next((fault for fault in state["faults"] if _is(trouble, fault)), None)
    lag_s = state["index_lag_s"]
    on = active is not None if trouble.fault else lag_s > 0
    value = (active or {}).get(trouble.setting) if trouble.fault else lag_s or None
    return {
        "id": trouble.id,
        "title": trouble.title,
        "words": trouble.words,
        "on": on,
        "scope": _scope(active) if trouble.fault else None,
        "value": value or trouble.default_s if trouble.setting else None,
    }


def _is(trouble: Trouble, fault: Mapping[str, Any]) -> bool:
    return bool(trouble.fault) and all(fault.get(name) == value for name, value in trouble.fault.items())


def _scope(fault: Mapping[str, Any] | None) -> str:
    if fault is None:
        return "all"
    if fault["path"] == SCOPES["merge"]["path"]:
        return "merge"
    return "all" if fault["count"] is None else "next"


def _fault(trouble: Trouble, asked: Mapping[str, Any], seconds: float) -> Json:
    scope = SCOPES.get(str(asked.get("scope", "all")), SCOPES["all"])
    number = {trouble.setting: seconds} if trouble.setting else {}
    return {**trouble.fault, **scope, **number}


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 600:
        raise Refused(400, "Give a number of seconds between 0 and 600.")
    return float(value)
