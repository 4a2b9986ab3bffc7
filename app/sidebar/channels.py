"""The linked channels: who writes there, why each is linked here, and how to put a wrong link right."""

from __future__ import annotations

from dataclasses import replace

from app.domain.answers import Home, IdentityNotMoved
from app.domain.identity import LinkedIdentity
from app.domain.identity_answers import IdentityLinkedAgain, IdentityUnlinked
from app.sidebar import ids
from app.sidebar.home import cut_short, merges_button
from app.sidebar.parts import (
    LIST_LIMIT,
    NAME_LIMIT,
    back_home,
    channel_item,
    channel_title,
    footer,
    header,
    last_message,
    muted,
    strong,
    submit,
    table,
)
from app.sidebar.reasons import why
from app.sidebar.screen import Screen
from canvas_components import Button, Component, Item, List, SubmitAction, Text, plain

_PAUSED = "An admin has paused this channel in Kinbox: new messages are kept, and come in once it is resumed."


def channels_screen(home: Home) -> Screen:
    """Every linked channel, and why each is linked. For who may change that, a click leads on."""
    shown: list[Component] = [header("Linked channels")]
    listed = home.identities[:LIST_LIMIT]
    if listed:
        if home.may_merge:
            shown.append(muted("Pick a channel to move or unlink it."))
        shown.append(List(items=[_item(one, home) for one in listed]))
        shown += [muted(f"{channel_title(one)} – {why(one.match, one)}") for one in listed]
        shown += [muted(_PAUSED)] if any(one.is_paused for one in listed) else []
        shown += cut_short(len(home.identities))
    else:
        shown.append(muted("No channel is linked to this contact."))
    merges = [merges_button(home)] if home.history else []
    return Screen([*shown, *footer(*merges, back_home())], {"identities": [one.id for one in listed]})


def identity_screen(identity: LinkedIdentity, timezone: str) -> Screen:
    """One channel, and what can be done about its link."""
    shown: list[Component] = [
        header(channel_title(identity)),
        *table(
            [
                ("Name", identity.display_name),
                ("Handle", identity.shown_handle),
                ("Last message", last_message(identity, timezone)),
            ]
        ),
        muted(why(identity.match, identity)),
        *([muted(_PAUSED)] if identity.is_paused else []),
        muted("If this is somebody else, move the channel to them. Unlinked, its next message is matched anew."),
    ]
    several = identity.match is not None and identity.match.runners_up
    choose = [submit(ids.CHOOSE, "Choose another")] if several else []
    change = (submit(ids.TARGET, "Move to another contact"), submit(ids.UNLINK, "Unlink"))
    return Screen([*shown, *footer(*choose, *change, back_to_channels(), back_home())], {"identity": identity.id})


def unlinked_screen(unlinked: IdentityUnlinked) -> Screen:
    """What happens next, and the way back."""
    shown: list[Component] = [
        header("✓ Unlinked"),
        Text(text=f"{_channel(unlinked.identity)} belongs to nobody now. Its next message is matched anew."),
        muted("That may bring it back here, if this contact still is the best match. To be sure, move it instead."),
        muted("The conversations so far stay where they are."),
    ]
    state = {"identity": unlinked.identity.id, "unlinked_at": unlinked.at.isoformat()}
    return Screen([*shown, *footer(submit(ids.RELINK, "Link again"), back_to_channels(), back_home("Done"))], state)


def linked_again_screen(linked: IdentityLinkedAgain) -> Screen:
    shown: list[Component] = [
        header("✓ Linked again"),
        Text(text=f"{_channel(linked.identity)} belongs to this contact again, as before."),
    ]
    return Screen([*shown, *footer(back_to_channels(), back_home("Done"))])


def not_moved_screen(_: IdentityNotMoved) -> Screen:
    shown: list[Component] = [
        header("Not moved"),
        Text(
            text="This channel was moved, unlinked or matched anew meanwhile, by somebody else or by a new message. "
            "Nothing was changed."
        ),
    ]
    return Screen([*shown, *footer(back_to_channels(), back_home())])


def back_to_channels() -> Button:
    return submit(ids.CHANNELS, "Linked channels", style="link")


def _channel(identity: LinkedIdentity) -> str:
    return strong(channel_title(identity))


def _item(identity: LinkedIdentity, home: Home) -> Item:
    shown = channel_item(identity, home.timezone)
    names = [plain(one, limit=NAME_LIMIT) for one in (identity.display_name, identity.shown_handle)]
    subtitle = " · ".join(dict.fromkeys(one for one in names if one))
    return replace(shown, subtitle=subtitle, action=SubmitAction() if home.may_merge else None)
