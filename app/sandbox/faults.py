"""Troubles that can be switched on: errors, slow, lost and broken answers, by number or by rate."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatchcase
from typing import Any

from app.sandbox.index import Index
from app.sandbox.limits import RateLimit
from app.sandbox.problems import invalid

Json = dict[str, Any]

KINDS = ("status", "delay", "lost", "garbage", "drip")
ACCESS = ("active", "unauthorized", "revoked", "blocked", "expired")


@dataclass(kw_only=True)
class Fault:
    """One trouble.

    `when` says whether the call is carried out (`after`) or not (`before`) when the trouble strikes: a lost
    answer `after` is a write that took effect although its caller never hears of it.
    """

    kind: str
    """`status` error, `delay`, `lost` (connection closed, no answer), `garbage` body, `drip` (slow body)."""
    when: str = "before"
    method: str | None = None
    path: str | None = None
    """A pattern such as `/contacts/*`; none means every call."""
    count: int | None = None
    """How many more calls it strikes; none means until it is switched off."""
    rate: float = 1.0
    """The share of fitting calls that it strikes."""
    status: int = 500
    code: str | None = None
    message: str | None = None
    reset_s: float = 10.0
    """For a 429: seconds until `X-RateLimit-Reset`."""
    delay_s: float = 1.0
    """For `delay`: before the answer. For `drip`: over the whole body."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise invalid(f"kind must be one of {', '.join(KINDS)}", "kind")
        if self.when not in {"before", "after"}:
            raise invalid("when must be before or after", "when")
        if not 400 <= self.status <= 599:
            raise invalid("status must be an error, 400 to 599", "status")

    def fits(self, method: str, path: str) -> bool:
        method_fits = self.method is None or self.method.upper() == method
        return method_fits and (self.path is None or fnmatchcase(path, self.path))

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Fault:
        names = [field.name for field in fields(cls)]
        unknown = [name for name in given if name not in names]
        if unknown or "kind" not in given:
            raise invalid(f"A fault has a kind and any of: {', '.join(names)}", unknown[0] if unknown else "kind")
        return cls(**given)


class Faults:
    """The faults that are on, with the index lag, the rate limit and the state of the token. Thread-safe."""

    def __init__(self, index: Index, limit: RateLimit, *, chance: random.Random | None = None) -> None:
        self._lock = threading.Lock()
        self._index = index
        self._limit = limit
        self._chance = chance or random.Random(16)  # noqa: S311 - repeatable, and no secret
        self._active: list[Fault] = []
        self.access = "active"

    @property
    def index_lag_s(self) -> float:
        return self._index.lag_s

    @index_lag_s.setter
    def index_lag_s(self, seconds: float) -> None:
        self._index.lag_s = seconds

    @property
    def rate_limit(self) -> int:
        """Calls allowed in 10 seconds."""
        return self._limit.per_window

    @rate_limit.setter
    def rate_limit(self, calls: int) -> None:
        self._limit.per_window = calls

    def add(self, kind: str, **details: Any) -> Fault:
        """Switch one more fault on, e.g. `add("lost", when="after", path="/contacts/merge", count=1)`."""
        fault = Fault(kind=kind, **details)
        with self._lock:
            self._active.append(fault)
        return fault

    def clear(self) -> None:
        """All faults off, no lag, the token good, Intercom's usual limit."""
        with self._lock:
            self._active.clear()
            self.access = "active"
            self.index_lag_s = 0.0
            self.rate_limit = self._limit.USUAL

    def take(self, method: str, path: str) -> list[Fault]:
        """The faults that strike this call; counted ones are used up by it."""
        with self._lock:
            struck = [fault for fault in self._active if self._strikes(fault, method, path)]
            self._active = [fault for fault in self._active if fault.count != 0]
        return struck

    def _strikes(self, fault: Fault, method: str, path: str) -> bool:
        if not fault.fits(method, path) or self._chance.random() >= fault.rate:
            return False
        if fault.count is not None:
            fault.count -= 1
        return True

    def set(self, given: Mapping[str, Any]) -> None:
        """Replace what `given` names of faults, index_lag_s, rate_limit, access. Raises ApiError 400."""
        known = ("faults", "index_lag_s", "rate_limit", "access")
        unknown = [name for name in given if name not in known]
        if unknown:
            raise invalid(f"Known settings: {', '.join(known)}", unknown[0])
        if given.get("access", "active") not in ACCESS:
            raise invalid(f"access must be one of {', '.join(ACCESS)}", "access")
        lag, limit = given.get("index_lag_s", self.index_lag_s), given.get("rate_limit", self.rate_limit)
        if not isinstance(lag, int | float) or lag < 0 or not isinstance(limit, int) or limit < 0:
            raise invalid("index_lag_s is a number of seconds, rate_limit a number of calls in 10 seconds")
        faults = _read_all(given["faults"]) if "faults" in given else None
        with self._lock:
            self._active = self._active if faults is None else faults
            self.index_lag_s, self.rate_limit = float(lag), limit
            self.access = given.get("access", self.access)

    def to_dict(self) -> Json:
        with self._lock:
            return {
                "faults": [asdict(fault) for fault in self._active],
                "index_lag_s": self.index_lag_s,
                "rate_limit": self.rate_limit,
                "access": self.access,
            }


def _read_all(given: object) -> list[Fault]:
    if not isinstance(given, Iterable) or not all(isinstance(item, dict) for item in given):
        raise invalid("faults is a list of faults", "faults")
    return [Fault.from_json(item) for item in given if isinstance(item, dict)]
