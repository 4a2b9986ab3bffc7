"""A click on a canvas of ours: who clicked what, and what had been offered there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.answers import Home
from app.http.schemas import CanvasCall
from app.sidebar import home
from app.sidebar.screen import Screen
from app.usecases.desk import Desk
from app.usecases.show_contact import show_contact

OUT_OF_DATE = "That view was out of date, so nothing was changed. Please start again."


@dataclass(frozen=True)
class Click:
    """`state` is what the screen offered, as it was sealed; it is empty where nothing was."""

    call: CanvasCall
    desk: Desk
    state: Mapping[str, Any]

    @property
    def contact_id(self) -> str:
        """The contact in the panel."""
        return self.call.contact.id

    def offered(self, key: str) -> str | None:
        value = self.state.get(key)
        return value if isinstance(value, str) else None

    def offered_number(self, key: str) -> int | None:
        """An id of ours."""
        value = self.state.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def offered_numbers(self, key: str) -> Mapping[str, int]:
        """Several ids of ours, by how a component id spells them."""
        values = self.state.get(key)
        return {str(one): one for one in values if isinstance(one, int)} if isinstance(values, list) else {}

    def offers(self, key: str, contact_id: str) -> bool:
        """Whether this contact is among those that were offered under `key`."""
        values = self.state.get(key)
        return isinstance(values, list) and contact_id in values

    def home(self) -> Home:
        return show_contact(self.desk.workspace, self.call.contact, self.desk.teammate)


def show_home(click: Click, notice: str | None = None) -> Screen:
    return home.home_screen(click.home(), notice=notice)


def out_of_date(click: Click) -> Screen:
    """What was clicked is not what was offered here."""
    return show_home(click, OUT_OF_DATE)
