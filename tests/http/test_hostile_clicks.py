"""P7: a click acts only on what was offered to this teammate, on this contact, in this workspace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import select

from app.sandbox.workspace import Workspace
from app.sidebar import ids
from app.storage.database import transaction
from app.storage.models import Base
from tests.conftest import CLIENT_SECRET, ENCRYPTION_KEY, MakeApp
from tests.http.any_json import opened, sealed, worthless
from tests.http.conftest import MakeContact, for_sandbox, posting_to
from tests.http.linking import link_channel
from tests.http.merging import LEAD, OTHER_LEAD, OTHER_USER, USER, writes
from tests.sidebar_driver import ADMIN, Shown, Sidebar

Json = dict[str, Any]
EVERYTHING_AGREED: Json = {
    "consents": ["irreversible", "nothing_shared", "promotion"],
    "reason": "I am quite sure",
    "identifier": "new@shop.example",
}


@dataclass
class Scene:
    """The people of a test, and one teammate at one of them."""

    kinbox: Flask
    workspace: Workspace
    people: dict[str, Any]

    def sidebar(self, name: str, admin: Json = ADMIN) -> Sidebar:
        contact = self.workspace.contact(self.people[name])
        return Sidebar(posting_to(self.kinbox.test_client()), CLIENT_SECRET, self.workspace.app_id, contact, admin)

    def forced(self, name: str, component_id: str, stored: Json) -> Shown:
        """A click with whatever `stored_data` its sender likes, and every consent."""
        sidebar = self.sidebar(name)
        sidebar.shown = Shown({"content": {"components": []}, "stored_data": stored})
        return sidebar.force(component_id, **EVERYTHING_AGREED)

    def rows(self) -> dict[str, list[Any]]:
        """Everything in the database."""
        with self.kinbox.app_context(), transaction() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(select(table))]
                for table in Base.metadata.sorted_tables
            }

    def sealed(self, name: str, state: Json) -> Json:
        here = {"workspace": self.workspace.app_id, "contact": self.people[name], "teammate": str(ADMIN["id"])}
        return dict(sealed(state, **here))


@pytest.fixture
def scene(make_contact: MakeContact, workspace: Workspace, kinbox: Flask) -> Scene:
    people: dict[str, Any] = {
        "lead": make_contact(**LEAD),
        "twin": make_contact(**OTHER_LEAD),
        "user": make_contact(**USER),
        "user2": make_contact(**OTHER_USER),
        "archived": make_contact("user", name="Bea Archer", email="bea@shop.example"),
    }
    workspace.lifecycle.archive(people["archived"])
    people["identity"] = link_channel(kinbox, workspace.app_id, people["user"])
    workspace.call_log.clear()
    return Scene(kinbox, workspace, people)


@dataclass(frozen=True)
class Acting:
    """A click that changes something when it was offered: on whose panel, its id and what had to be offered."""

    panel: str
    component_id: Callable[[dict[str, Any]], str]
    state: Callable[[dict[str, Any]], Json]
    ends: str


ACTING = {
    "confirm": Acting(
        "lead", lambda _: ids.MERGE_CONFIRM, lambda who: {"lead": who["lead"], "user": who["user"]}, "✓ Merged"
    ),
    "promote the other": Acting("lead", lambda _: ids.PROMOTE_OTHER, lambda who: {"other": who["twin"]}, "Compare"),
    "promote this": Acting("lead", lambda _: ids.PROMOTE_THIS, lambda who: {"other": who["twin"]}, "Compare"),
    "restore": Acting("lead", lambda _: ids.RESTORE, lambda who: {"missing": who["archived"]}, "Compare"),
    "move": Acting(
        "user",
        lambda who: f"{ids.MOVE}{who['identity']}",
        lambda who: {"other": who["user2"], "identities": [who["identity"]]},
        "✓ Moved",
    ),
    "move back": Acting(
        "user2",
        lambda _: ids.MOVE_UNDO,
        lambda who: {"moved": who["identity"], "from": who["user"], "to": who["user2"]},
        "✓ Moved back",
    ),
}
LOOKING = {
    "pick": Acting(
        "lead", lambda who: f"{ids.MERGE_PICK}{who['user']}", lambda who: {"offers": [who["user"]]}, "Compare"
    ),
    "go on": Acting("lead", lambda _: ids.MERGE_CONTINUE, lambda who: {"other": who["user"]}, "Merge for good?"),
}
EVERY = {**ACTING, **LOOKING}


@pytest.mark.parametrize("act", EVERY.values(), ids=EVERY.keys())
def test_what_was_offered_can_be_done(act: Acting, scene: Scene) -> None:
    """Without this the tests below would prove nothing."""
    before = scene.rows()
    state = scene.sealed(act.panel, act.state(scene.people))
    shown = scene.forced(act.panel, act.component_id(scene.people), state)
    assert shown.title == act.ends
    changed = writes(scene.workspace) != [] or scene.rows() != before
    assert changed == (act in ACTING.values())


@pytest.mark.parametrize("act", EVERY.values(), ids=EVERY.keys())
def test_a_state_that_is_not_ours_for_this_teammate_here_is_worth_nothing(act: Acting, scene: Scene) -> None:
    before = scene.rows()
    variants = worthless(
        act.state(scene.people),
        workspace=scene.workspace.app_id,
        contact=scene.people[act.panel],
        teammate=str(ADMIN["id"]),
    )
    for kind, stored in variants.items():
        shown = scene.forced(act.panel, act.component_id(scene.people), stored)
        assert "out of date, so nothing was changed" in shown.text, kind
        assert writes(scene.workspace) == [], kind
    assert scene.rows() == before


@pytest.mark.parametrize("act", ACTING.values(), ids=ACTING.keys())
def test_a_teammate_who_may_not_merge_can_do_none_of_it(act: Acting, scene: Scene) -> None:
    scene.kinbox.test_cli_runner().invoke(args=["workspaces", "set", scene.workspace.app_id, "mergers=999"])
    before = scene.rows()
    state = scene.sealed(act.panel, act.state(scene.people))
    assert scene.forced(act.panel, act.component_id(scene.people), state).title == "You may not merge here"
    assert writes(scene.workspace) == []
    assert scene.rows() == before


NOT_OFFERED: dict[str, tuple[str, Callable[[dict[str, Any]], str], Callable[[dict[str, Any]], Json]]] = {
    "picking another contact": (
        "lead",
        lambda who: f"{ids.MERGE_PICK}{who['user2']}",
        lambda who: {"offers": [who["user"]]},
    ),
    "picking when the offers are a text": (
        "lead",
        lambda who: f"{ids.MERGE_PICK}{who['user']}",
        lambda who: {"offers": who["user"] + who["user2"]},
    ),
    "picking nobody": ("lead", lambda _: ids.MERGE_PICK, lambda who: {"offers": [who["user"]]}),
    "confirming with the state of the comparison": (
        "lead",
        lambda _: ids.MERGE_CONFIRM,
        lambda who: {"other": who["user"]},
    ),
    "confirming half of a pair": ("lead", lambda _: ids.MERGE_CONFIRM, lambda who: {"lead": who["lead"]}),
    "restoring what was only compared": ("lead", lambda _: ids.RESTORE, lambda who: {"other": who["archived"]}),
    "promoting what was only offered": ("lead", lambda _: ids.PROMOTE_OTHER, lambda who: {"offers": [who["twin"]]}),
    "moving another identity": (
        "user",
        lambda who: f"{ids.MOVE}{who['identity'] + 1}",
        lambda who: {"other": who["user2"], "identities": [who["identity"]]},
    ),
    "moving in other digits": (
        "user",
        lambda who: f"{ids.MOVE}0{who['identity']}",
        lambda who: {"other": who["user2"], "identities": [who["identity"]]},
    ),
    "moving when the identities are a text": (
        "user",
        lambda who: f"{ids.MOVE}{who['identity']}",
        lambda who: {"other": who["user2"], "identities": str(who["identity"])},
    ),
    "moving back what was not moved": ("user2", lambda _: ids.MOVE_UNDO, lambda who: {"from": who["user"], "to": ""}),
    "moving back a text": (
        "user2",
        lambda _: ids.MOVE_UNDO,
        lambda who: {"moved": str(who["identity"]), "from": who["user"], "to": who["user2"]},
    ),
}


@pytest.mark.parametrize(("panel", "component_id", "state"), NOT_OFFERED.values(), ids=NOT_OFFERED.keys())
def test_what_a_good_state_does_not_offer_cannot_be_done(
    panel: str, component_id: Callable[[Any], str], state: Callable[[Any], Json], scene: Scene
) -> None:
    before = scene.rows()
    shown = scene.forced(panel, component_id(scene.people), scene.sealed(panel, state(scene.people)))
    assert "out of date, so nothing was changed" in shown.text
    assert writes(scene.workspace) == []
    assert scene.rows() == before


@pytest.mark.parametrize("name", ["lead", "user", "archived"])
def test_an_identity_of_somebody_else_cannot_be_moved(name: str, scene: Scene) -> None:
    """The state may be old: the identity has to be linked to the contact in the panel at that moment."""
    if name == "archived":
        scene.workspace.lifecycle.unarchive(scene.people["archived"])
    before = scene.rows()
    state = {"other": scene.people["user2"], "identities": [scene.people["identity"]]}
    if name == "user":
        state["identities"] = [scene.people["identity"] + 7]
        shown = scene.forced(name, f"{ids.MOVE}{scene.people['identity'] + 7}", scene.sealed(name, state))
    else:
        shown = scene.forced(name, f"{ids.MOVE}{scene.people['identity']}", scene.sealed(name, state))
    assert shown.title == "Not moved"
    assert scene.rows() == before


def test_a_screen_that_was_open_while_the_key_changed_still_works(
    make_app: MakeApp, scene: Scene, intercom_url: str
) -> None:
    state = scene.sealed("lead", {"offers": [scene.people["user"]]})
    keys = f"{Fernet.generate_key().decode()},{ENCRYPTION_KEY}"
    scene.kinbox = make_app(**for_sandbox(scene.workspace, intercom_url), KINBOX_ENCRYPTION_KEYS=keys)
    assert scene.forced("lead", f"{ids.MERGE_PICK}{scene.people['user']}", state).title == "Compare"


def test_the_state_that_leaves_holds_ids_only(scene: Scene) -> None:
    """It goes through the teammate's browser, signed but not encrypted."""
    sidebar = scene.sidebar("lead")
    sidebar.open()
    known = {value for value in scene.people.values() if isinstance(value, str)}
    for component_id, inputs in (
        ("merge", {}),
        ("reference", {"reference": scene.people["user"]}),
        ("merge.continue", {}),
    ):
        shown = sidebar.force(component_id, **inputs)
        state = opened(
            shown.canvas["stored_data"],
            workspace=scene.workspace.app_id,
            contact=scene.people["lead"],
            teammate=str(ADMIN["id"]),
        )
        assert state
        for value in state.values():
            assert set(value if isinstance(value, list) else [value]) <= known
