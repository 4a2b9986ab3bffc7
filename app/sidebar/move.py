"""Two users: the contacts stay apart, but a channel identity can move to the other. Reversible."""

from __future__ import annotations

from app.domain.answers import IdentityMoved, MoveOffered
from app.sidebar import ids
from app.sidebar.parts import (
    LIST_LIMIT,
    NAME_LIMIT,
    back_home,
    channel_title,
    footer,
    header,
    muted,
    strong,
    submit,
    who,
)
from app.sidebar.screen import Screen
from canvas_components import Component, Item, List, SubmitAction, Text, plain


def move_offer_screen(offered: MoveOffered) -> Screen:
    this, other = offered.pair.this, offered.pair.other
    shown: list[Component] = [
        header("Two users"),
        Text(
            text=f"{who(this)} and {who(other)} are both users. Intercom merges a lead into a user only, so these two "
            "cannot be merged."
        ),
    ]
    if offered.identities:
        shown += [
            Text(text=f"You can move a channel of this user to {who(other)} instead. Its next message lands there."),
            muted("No data is joined, and you can move it back."),
            List(
                items=[
                    Item(
                        id=f"{ids.MOVE}{identity.id}",
                        title=f"Move {channel_title(identity)}",
                        subtitle=plain(identity.shown_handle, limit=NAME_LIMIT),
                        action=SubmitAction(),
                    )
                    for identity in offered.identities[:LIST_LIMIT]
                ]
            ),
        ]
    else:
        shown.append(muted("This user has no linked channel that could be moved instead."))
    ways_on = footer(submit(ids.MERGE_START, "Choose another contact"), back_home())
    state = {"other": other.id, "identities": [identity.id for identity in offered.identities[:LIST_LIMIT]]}
    return Screen([*shown, *ways_on], state)


def moved_screen(moved: IdentityMoved) -> Screen:
    """What moved where, with the way to move it back."""
    title = channel_title(moved.identity)
    shown: list[Component] = [
        header("✓ Moved back" if moved.undone else "✓ Moved"),
        Text(text=f"{strong(title)} belongs to {who(moved.to_contact)} now. Its next message lands there."),
        muted("The conversations so far stay where they are; its next message starts a new one."),
    ]
    undo = [] if moved.undone else [submit(ids.MOVE_UNDO, "Move it back")]
    state = {"moved": moved.identity.id, "from": moved.to_contact.id, "to": moved.from_contact_id}
    return Screen([*shown, *footer(*undo, back_home("Done"))], state)
