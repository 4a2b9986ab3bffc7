"""Name the other contact: one field that takes anything, and suggestions with their reasons."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.answers import IntercomTrouble, MergeForm, NobodyFound, SeveralFound, Suggestion
from app.sidebar import ids
from app.sidebar.parts import (
    LIST_LIMIT,
    back_home,
    error,
    footer,
    header,
    muted,
    pick_list,
    trouble_sentence,
    typed_again,
)
from app.sidebar.screen import Screen
from canvas_components import Component, Input, SubmitAction, Text, plain


def merge_form_screen(form: MergeForm) -> Screen:
    """Suggestions first: one click is quicker and safer than typing."""
    shown: list[Component] = [header("Who is this?")]
    found = form.suggestions
    if isinstance(found, IntercomTrouble):
        shown.append(muted(f"{trouble_sentence(found)} So there are no suggestions."))
        return _form(shown, ())
    if found:
        shown += [muted("These contacts share something with this one. Pick one to compare."), pick_list(found)]
    else:
        shown.append(muted("No contact shares a phone, an email or a channel id with this one."))
    return _form(shown, found)


def nobody_screen(nobody: NobodyFound, suggestions: Iterable[Suggestion] = ()) -> Screen:
    """What was typed fits nobody: say why, keep it in the field."""
    shown: list[Component] = [header("Who is this?"), error(nobody.why)]
    return _form(shown, suggestions, typed=nobody.typed, failed=True)


def several_screen(several: SeveralFound) -> Screen:
    """What was typed fits more than one contact: let the teammate choose."""
    found = f"{len(several.candidates)} contacts have {plain(several.candidates[0].reasons[0], limit=80)}."
    shown: list[Component] = [header("Which one?"), Text(text=found), pick_list(several.candidates)]
    if len(several.candidates) > LIST_LIMIT:
        shown.append(muted(f"Only the first {LIST_LIMIT} are listed. An email or an id names one of them."))
    return _form(shown, several.candidates, typed=several.typed)


def _form(
    shown: list[Component], offered: Iterable[Suggestion], *, typed: str | None = None, failed: bool = False
) -> Screen:
    field = Input(
        id=ids.MERGE_REFERENCE,
        label="Find a contact",
        placeholder="Id, email, phone or profile link",
        value=typed_again(typed or ""),
        save_state="failed" if failed else None,
        action=SubmitAction(),
    )
    offers = [suggestion.contact.id for suggestion in offered][:LIST_LIMIT]
    return Screen([*shown, field, *footer(back_home())], {"offers": offers})
