"""The consents: what cannot be undone, and a typed reason where nothing proves that it is the same person."""

from __future__ import annotations

from app.domain.merging import MIN_REASON_LENGTH, Consent, MergeAllowed
from app.sidebar import ids
from app.sidebar.parts import back_home, error, footer, header, name, submit, who
from app.sidebar.screen import Screen
from canvas_components import Checkbox, Component, Input, Option, Text, plain

_WORDS = {
    Consent.IRREVERSIBLE: "I understand that this cannot be undone",
    Consent.NOTHING_SHARED: "They share no email or phone, and I am sure that they are the same person",
}


def confirm_screen(
    allowed: MergeAllowed,
    *,
    given: frozenset[Consent] = frozenset(),
    reason: str = "",
    owed: frozenset[Consent] = frozenset(),
) -> Screen:
    """`owed` are the consents that the last click lacked: they are named, and what was filled in is kept."""
    wanted = [consent for consent in Consent if consent in allowed.consents]
    shown: list[Component] = [
        header("Merge for good?"),
        Text(
            text=f"The lead {who(allowed.lead)} becomes part of the user {who(allowed.user)} and disappears. "
            "This cannot be undone. The user will see the lead's conversations."
        ),
        Checkbox(
            id=ids.MERGE_CONSENTS,
            label="Please confirm",
            options=[Option(id=consent.value, text=_WORDS[consent]) for consent in wanted],
            value=[consent.value for consent in wanted if consent in given] or None,
        ),
    ]
    if Consent.NOTHING_SHARED in allowed.consents:
        shown.append(
            Input(
                id=ids.MERGE_REASON,
                label="How do you know? (kept with the merge)",
                placeholder="For example: she gave her order number",
                value=plain(reason, limit=500) or None,
            )
        )
    if owed:
        shown.append(error(_owed(owed)))
    shown += footer(
        submit(ids.MERGE_CONFIRM, f"Merge into {name(allowed.user.label)}", style="primary"),
        back_home("Cancel"),
    )
    other = allowed.user if allowed.lead_is_shown else allowed.lead
    return Screen(shown, {"other": other.id, "lead": allowed.lead.id, "user": allowed.user.id})


def _owed(owed: frozenset[Consent]) -> str:
    sentences = ["Nothing was merged."]
    if Consent.IRREVERSIBLE in owed:
        sentences.append("Please tick that you understand that this cannot be undone.")
    if Consent.NOTHING_SHARED in owed:
        sentences.append(
            "Please tick that they are the same person and write how you know, "
            f"in at least {MIN_REASON_LENGTH} characters."
        )
    return " ".join(sentences)
