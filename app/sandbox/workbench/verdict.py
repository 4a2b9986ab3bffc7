"""What Intercom would make of an answer: the canvas to show, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.sandbox.outgoing import Answer
from canvas_components import Fault, faults, first_canvas_faults

Json = dict[str, Any]

_REFUSED = (
    "Kinbox refused the signature (401). Its INTERCOM_CLIENT_SECRET must be the secret that the sandbox signs with."
)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`canvas` is None exactly when `problem` says, in a sentence, why Intercom shows no canvas."""

    canvas: Json | None = None
    problem: str | None = None
    faults: list[Fault] = field(default_factory=list)
    first_canvas_faults: list[Fault] = field(default_factory=list)


def judge(answer: Answer, *, first: bool) -> Verdict:
    """Judge an answer; `first` when it is one to initialize, whose canvas has rules of its own."""
    if answer.failure is not None:
        return Verdict(problem=answer.failure)
    if answer.status == 401:
        return Verdict(problem=_REFUSED)
    if answer.status != 200:
        return Verdict(problem=f"Kinbox answered {answer.status}. Intercom shows a canvas only with 200.")
    body = answer.json()
    if not isinstance(body, dict) or not isinstance(body.get("canvas"), dict):
        return Verdict(problem="The answer is not a JSON object with a canvas.")
    return _judge_canvas(body, first=first)


def _judge_canvas(body: Json, *, first: bool) -> Verdict:
    broken = faults(body)
    first_broken = first_canvas_faults(body) if first else []
    if any(fault.level == "fault" for fault in broken):
        problem = "The canvas breaks a Canvas Kit rule, and Intercom does not draw such a canvas."
        return Verdict(problem=problem, faults=broken, first_canvas_faults=first_broken)
    return Verdict(canvas=body["canvas"], faults=broken, first_canvas_faults=first_broken)
