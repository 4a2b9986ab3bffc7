"""Two leads: Intercom cannot merge them, so one has to become a user first. Asked for explicitly."""

from __future__ import annotations

from app.domain.answers import PromotionOffered, PromotionRefused
from app.domain.contact import Contact
from app.domain.merging import Consent, PromotionNeeded
from app.sidebar import ids
from app.sidebar.parts import back_home, error, footer, header, muted, name, submit, typed_again, who
from app.sidebar.screen import Screen
from canvas_components import Button, Checkbox, Component, Input, Option, Text

_REFUSALS = {
    "consent_owed": "Please tick that you understand what making a user means.",
    "identifier_needed": "A user needs an email or an external id, and this lead has no email. Please type one.",
    "identifier_taken": "A user with this identifier exists already. That user may be the one to merge into.",
    "holder_archived": "An archived contact has this identifier. Unarchive or delete that contact in Intercom first.",
}


def promotion_screen(offered: PromotionOffered) -> Screen:
    return _screen(offered.needed)


def promotion_refused_screen(refused: PromotionRefused) -> Screen:
    """Say what was missing, keep what was typed, and offer the holder of the identifier as the one to merge into."""
    holder = refused.holder_id if refused.code == "identifier_taken" else None
    return _screen(refused.needed, typed=refused.typed, problem=_REFUSALS[refused.code], holder_id=holder)


def _screen(
    needed: PromotionNeeded, *, typed: str = "", problem: str | None = None, holder_id: str | None = None
) -> Screen:
    this, other = needed.this, needed.other
    shown: list[Component] = [
        header("Two leads"),
        Text(
            text=f"{who(this)} and {who(other)} are both leads, and Intercom merges a lead into a user only. "
            "One of them can be made a user first; then the other goes into it."
        ),
        muted(
            "A user never becomes a lead again. Intercom may start messages, workflows or series that wait for new "
            "users, and may count the user in your plan."
        ),
        Input(
            id=ids.PROMOTE_IDENTIFIER,
            label="Email or external id of the new user",
            placeholder=_placeholder(this, other),
            value=typed_again(typed),
        ),
        Checkbox(
            id=ids.MERGE_CONSENTS,
            label="Please confirm",
            options=[Option(id=Consent.PROMOTION.value, text="I understand, make this lead a user")],
        ),
    ]
    if problem:
        shown.append(error(f"{problem} Nothing was changed."))
    state: dict[str, object] = {"other": other.id}
    if holder_id:
        shown.append(submit(f"{ids.MERGE_PICK}{holder_id}", "Merge into that user instead"))
        state["offers"] = [holder_id]
    shown += footer(
        *_choices(this, other), submit(ids.MERGE_START, "Choose another contact", style="link"), back_home()
    )
    return Screen(shown, state)


def _placeholder(this: Contact, other: Contact) -> str:
    if this.email or other.email:
        return "Leave empty to use the lead's own email"
    return "name@example.com or your own id"


def _choices(this: Contact, other: Contact) -> list[Button]:
    return [
        submit(ids.PROMOTE_OTHER, f"Make {name(other.label)} the user"),
        submit(ids.PROMOTE_THIS, f"Make {name(this.label)} the user"),
    ]
