"""Name the contact that a channel belongs to: one of the runners-up, or anybody whom the teammate can name."""

from __future__ import annotations

from app.domain.answers import Gone, GoneReason, IntercomTrouble
from app.domain.counting import count
from app.domain.identity_answers import RunnersUp, TargetForm, TargetNamed
from app.sidebar import ids
from app.sidebar.channels import back_to_channels
from app.sidebar.parts import (
    LIST_LIMIT,
    back_home,
    channel_title,
    date_time,
    error,
    footer,
    header,
    muted,
    pick_list,
    role,
    strong,
    submit,
    table,
    trouble_sentence,
    typed_again,
    who,
)
from app.sidebar.screen import Screen
from canvas_components import Component, Input, SubmitAction, Text


def runners_up_screen(found: RunnersUp) -> Screen:
    """Everybody who could have been meant, as Intercom has them now."""
    shown: list[Component] = [header("Who else?")]
    if found.candidates:
        title = strong(channel_title(found.identity))
        shown += [
            Text(text=f"Pick the contact that {title} belongs to. It moves there at once, and you can move it back."),
            pick_list(found.candidates, picks=ids.CHOOSE_PICK),
        ]
    else:
        shown.append(Text(text="None of the other matches is to be had in Intercom any more."))
    if found.candidates and found.gone:
        shown.append(muted(f"{count(found.gone, 'more contact')} matched, but Intercom does not serve them any more."))
    if found.unread:
        shown.append(muted(f"Intercom did not answer in time for {found.unread} more."))
    again = [submit(ids.CHOOSE, "Look again")] if found.unread else []
    other = submit(ids.TARGET, "Name somebody else")
    state = {"identity": found.identity.id, "runners_up": [one.contact.id for one in found.candidates]}
    return Screen([*shown, *footer(*again, other, back_to_channels(), back_home())], state)


def target_form_screen(form: TargetForm) -> Screen:
    """One field that takes anything, as for a merge. What was typed is kept."""
    shown: list[Component] = [
        header("Whose channel is it?"),
        Text(text=f"Name the contact, a lead or a user, that {strong(channel_title(form.identity))} belongs to."),
    ]
    if form.problem:
        shown.append(error(form.problem))
    if form.candidates:
        shown.append(pick_list(form.candidates, picks=ids.TARGET_PICK))
    if len(form.candidates) > LIST_LIMIT:
        shown.append(muted(f"Only the first {LIST_LIMIT} are listed. An email or an id names one of them."))
    shown.append(
        Input(
            id=ids.TARGET_REFERENCE,
            label="Find a contact",
            placeholder="Id, email, phone or profile link",
            value=typed_again(form.typed),
            save_state="failed" if form.problem else None,
            action=SubmitAction(),
        )
    )
    offers = [one.contact.id for one in form.candidates][:LIST_LIMIT]
    ways_on = footer(back_to_channels(), back_home("Cancel"))
    return Screen([*shown, *ways_on], {"identity": form.identity.id, "targets": offers})


def target_confirm_screen(named: TargetNamed) -> Screen:
    """The contact as Intercom has it now, and what moving will do."""
    target = named.target
    shown: list[Component] = [
        header("Move this channel?"),
        Text(text=f"{strong(channel_title(named.identity))} moves to {who(target)}. Its next message lands there."),
        *table([(role(target), target.name or "No name"), ("Phone", target.phone), ("Email", target.email)]),
        muted("No data is joined, the conversations so far stay where they are, and you can move it back."),
        *footer(
            submit(ids.TARGET_CONFIRM, "Move the channel", style="primary"),
            submit(ids.TARGET, "Name somebody else", style="link"),
            back_home("Cancel"),
        ),
    ]
    return Screen(shown, {"identity": named.identity.id, "to": target.id})


def target_gone_screen(gone: Gone) -> Screen:
    """The contact vanished between being offered and being picked."""
    merged = gone.reason == GoneReason.MERGED
    sentence = (
        "That contact has just been merged into another one."
        if merged
        else "Intercom does not serve that contact any more. It may be archived, blocked or deleted."
    )
    shown: list[Component] = [header("Contact not available"), Text(text=f"{sentence} Nothing was moved.")]
    return Screen([*shown, *footer(back_to_channels(), back_home())])


def target_trouble_screen(trouble: IntercomTrouble, timezone: str) -> Screen:
    """Intercom could not be asked who that is."""
    shown: list[Component] = [
        header("Intercom is not available"),
        Text(text=f"{trouble_sentence(trouble)} Nothing was moved."),
    ]
    if trouble.wait_until:
        shown.append(muted(f"Try again after {date_time(trouble.wait_until, timezone)}."))
    return Screen([*shown, *footer(back_to_channels(), back_home())])
