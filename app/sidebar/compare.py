"""Both contacts side by side: what stays, what is taken over, what is lost and what moves."""

from __future__ import annotations

from app.domain.answers import Compared
from app.domain.comparison import Comparison, Row
from app.domain.contact import Contact
from app.domain.counting import count
from app.sidebar import ids
from app.sidebar.parts import LIST_LIMIT, back_home, footer, header, muted, name, open_link, role, submit, table, who
from app.sidebar.screen import Screen
from canvas_components import Component, Item, List, Text, plain


def compare_screen(compared: Compared) -> Screen:
    """Shown before anything is asked for; leads on to the consents."""
    comparison, allowed = compared.comparison, compared.allowed
    shown: list[Component] = [
        header("Compare"),
        Text(text=_direction(compared)),
        List(items=[_item("lead", comparison.lead, "disappears"), _item("user", comparison.user, "stays")]),
        muted(_shared(compared)),
        *_section("Lost: the user's value wins", [(row.label, _lost(row)) for row in comparison.lost]),
        *_section("Taken over from the lead", [(_taken_label(row), row.lead_value) for row in comparison.taken]),
        *_section("Stays as it is", _kept(comparison)),
        *_section("Moves to the user", _moves(comparison)),
        *footer(
            submit(ids.MERGE_CONTINUE, "Continue", style="primary"),
            open_link("open_lead", "Open the lead", compared.lead_url),
            open_link("open_user", "Open the user", compared.user_url),
            submit(ids.MERGE_START, "Choose another contact", style="link"),
            back_home("Cancel"),
        ),
    ]
    return Screen(shown, {"other": (allowed.user if allowed.lead_is_shown else allowed.lead).id})


def _direction(compared: Compared) -> str:
    lead, user = compared.comparison.lead, compared.comparison.user
    if compared.allowed.lead_is_shown:
        return f"This lead, {who(lead)}, goes into the user {who(user)}."
    return f"The lead {who(lead)} goes into this user, {who(user)}. Intercom merges leads into users only."


def _item(item_id: str, contact: Contact, fate: str) -> Item:
    details = (role(contact), contact.email, contact.phone)
    return Item(
        id=f"side:{item_id}",
        title=name(contact.label),
        subtitle=" · ".join(plain(detail, limit=60) for detail in details if detail),
        tertiary_text=fate,
    )


def _shared(compared: Compared) -> str:
    shared = compared.allowed.shared
    if not shared:
        return "They share no email and no phone. Look closely before you go on."
    values = " and ".join(f"the {one.kind} {plain(one.value, limit=80)}" for one in shared)
    return f"They share {values}."


def _lost(row: Row) -> str:
    return f"{plain(row.lead_value, limit=50)} → {plain(row.user_value, limit=50)}"


def _taken_label(row: Row) -> str:
    return row.label if row.certain else f"{row.label} (if Intercom keeps it)"


def _kept(comparison: Comparison) -> list[tuple[str, str | None]]:
    """What stays without anything being lost for it."""
    return [(row.label, row.user_value) for row in comparison.stays if row not in comparison.lost]


def _moves(comparison: Comparison) -> list[tuple[str, str | None]]:
    conversations = comparison.conversations
    return [
        ("Conversations", "all" if conversations is None else str(conversations)),
        ("Notes", str(comparison.notes)),
        ("Tags", str(comparison.tags)),
        ("Companies", str(comparison.companies) if comparison.companies else None),
    ]


def _section(title: str, rows: list[tuple[str, str | None]]) -> list[Component]:
    shown = table(rows[:LIST_LIMIT])
    if not shown:
        return []
    more = [muted(f"And {count(len(rows) - LIST_LIMIT, 'more field')}.")] if len(rows) > LIST_LIMIT else []
    return [Text(text=f"**{title}**"), *shown, *more]
