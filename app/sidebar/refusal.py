"""Why a merge cannot be, and what the teammate can do instead."""

from __future__ import annotations

from app.domain.answers import Done, Gone, GoneReason, IntercomTrouble
from app.domain.merging import RefusalCode, Refused
from app.sidebar import ids
from app.sidebar.parts import back_home, date_time, footer, header, muted, open_link, submit, trouble_sentence
from app.sidebar.screen import Screen
from canvas_components import Button, Component, Text, plain

_REFUSALS = {
    RefusalCode.SAME_CONTACT: (
        "That is this contact",
        "You named the contact that is already open here. Name the other one.",
    ),
    RefusalCode.UNKNOWN_ROLE: (
        "Neither a lead nor a user",
        "Intercom merges a lead into a user only, and one of these contacts is neither, perhaps a visitor who has "
        "not written yet.",
    ),
    RefusalCode.TEAMMATE_NOT_ALLOWED: (
        "You may not merge here",
        "In this workspace only some teammates may merge. Ask one of them, or ask an admin to add you.",
    ),
}
_DONE = {
    Done.NOTHING: "Nothing was changed.",
    Done.MAYBE: "Whether the change was made is not known: try again to see how things stand.",
    Done.RESTORED: "The contact was unarchived before that.",
    Done.PROMOTED: "The lead was made a user before that.",
}
_GONE = {
    GoneReason.NOT_SERVED: (
        "Contact not available",
        "Intercom does not serve the contact {id}. It may be archived, blocked or deleted, or the id is wrong.",
    ),
    GoneReason.UNKNOWN: (
        "Contact unknown",
        "Intercom knows no contact {id} in this workspace that it could bring back.",
    ),
    GoneReason.DELETED: (
        "Contact deleted",
        "The contact {id} was deleted. Intercom removes it for good after 7 days and cannot bring it back.",
    ),
    GoneReason.BLOCKED: (
        "Contact blocked",
        "The contact {id} is blocked. Unblock it in Intercom before you merge.",
    ),
    GoneReason.MERGED: (
        "Contact merged away",
        "The contact {id} was merged into another one before.",
    ),
}


def refused_screen(refused: Refused) -> Screen:
    title, sentence = _REFUSALS[refused.code]
    again = [] if refused.code is RefusalCode.TEAMMATE_NOT_ALLOWED else [_choose_another()]
    shown: list[Component] = [header(title), Text(text=f"{sentence} Nothing was changed.")]
    return Screen([*shown, *footer(*again, back_home())])


def gone_screen(gone: Gone) -> Screen:
    """Named as far as Intercom tells: an archived contact can be asked back, a merged one has a survivor."""
    title, sentence = _GONE[gone.reason]
    whose = "this contact" if gone.is_panel_contact else "the contact"
    sentence = sentence.replace("the contact", whose, 1)
    shown: list[Component] = [
        header(title),
        Text(text=f"{sentence.format(id=plain(gone.contact_id, limit=60))} Nothing was changed."),
    ]
    state: dict[str, object] = {}
    buttons = []
    if gone.survivor_id and gone.survivor_url:
        shown.append(muted("Future messages belong to the contact that it went into."))
        if not gone.is_panel_contact:
            buttons.append(submit(f"{ids.MERGE_PICK}{gone.survivor_id}", "Use that contact"))
            state["offers"] = [gone.survivor_id]
        buttons.append(open_link("survivor", "Open that contact", gone.survivor_url))
    elif gone.reason == GoneReason.NOT_SERVED and not gone.is_panel_contact:
        shown.append(muted("If it is archived, Intercom can bring it back with everything it had."))
        buttons.append(submit(ids.RESTORE, "Unarchive it in Intercom"))
        state["missing"] = gone.contact_id
    if not gone.is_panel_contact:
        buttons.append(_choose_another())
    return Screen([*shown, *footer(*buttons, back_home())], state)


def trouble_screen(trouble: IntercomTrouble, timezone: str) -> Screen:
    """Intercom could not be asked. The way on is to look again."""
    shown: list[Component] = [
        header("Intercom is not available"),
        Text(text=f"{trouble_sentence(trouble)} {_DONE[trouble.done]}"),
    ]
    if trouble.wait_until:
        shown.append(muted(f"Try again after {date_time(trouble.wait_until, timezone)}."))
    return Screen([*shown, *footer(submit(ids.MERGE_START, "Try again"), back_home())])


def fault_screen(sentence: str, reference: str) -> Screen:
    """Something went wrong on our side, or nobody is connected. `reference` is found in the log."""
    shown = [
        Text(text=sentence, style="muted"),
        Text(text=f"Reference {reference}. Give it to whoever runs Kinbox.", style="muted"),
    ]
    return Screen([*shown, submit(ids.HOME, "Try again")])


def _choose_another() -> Button:
    return submit(ids.MERGE_START, "Choose another contact")
