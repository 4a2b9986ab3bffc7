"""Clicks on the linked channels that a teammate was never offered, or may not make: each is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.http.any_json import sealed, worthless
from tests.http.linked_scene import Scene
from tests.sidebar_driver import ADMIN, Shown


@dataclass(frozen=True)
class Acting:
    component_id: str
    state: Callable[[Scene], dict[str, Any]]
    ends: str


ACTING = {
    "open": Acting("identity:{identity}", lambda one: {"identities": [one.identity]}, "SMS · Main line"),
    "choose": Acting("identity.choose", lambda one: {"identity": one.identity}, "Who else?"),
    "take another": Acting(
        "identity.pick:{user}", lambda one: {"identity": one.identity, "runners_up": [one.user]}, "✓ Moved"
    ),
    "form": Acting("identity.move", lambda one: {"identity": one.identity}, "Whose channel is it?"),
    "find": Acting("target", lambda one: {"identity": one.identity}, "Move this channel?"),
    "pick": Acting(
        "target.pick:{user}", lambda one: {"identity": one.identity, "targets": [one.user]}, "Move this channel?"
    ),
    "confirm": Acting("target.confirm", lambda one: {"identity": one.identity, "to": one.user}, "✓ Moved"),
    "unlink": Acting("identity.unlink", lambda one: {"identity": one.identity}, "✓ Unlinked"),
}


def forced(scene: Scene, act: Acting, state: dict[str, Any]) -> Shown:
    sidebar = scene.sidebar()
    sidebar.shown = Shown({"content": {"components": []}, "stored_data": state})
    scene.workspace.call_log.clear()
    component_id = act.component_id.format(identity=scene.identity, user=scene.user)
    return sidebar.force(component_id, target=scene.user)


def here(scene: Scene) -> dict[str, str]:
    return {"workspace": scene.workspace.app_id, "contact": scene.lead, "teammate": str(ADMIN["id"])}


@pytest.mark.parametrize("act", ACTING.values(), ids=ACTING.keys())
def test_what_was_offered_can_be_done(act: Acting, scene: Scene) -> None:
    """Without this the tests below would prove nothing."""
    assert forced(scene, act, dict(sealed(act.state(scene), **here(scene)))).title == act.ends


@pytest.mark.parametrize("act", ACTING.values(), ids=ACTING.keys())
def test_what_was_not_offered_here_is_refused(act: Acting, scene: Scene) -> None:
    state = act.state(scene)
    for kind, stored_data in worthless(state, **here(scene)).items():
        assert "out of date, so nothing was changed" in forced(scene, act, stored_data).text, kind
    for key in state:
        for other in ([], [scene.twin], str(scene.identity), True, None):
            shown = forced(scene, act, dict(sealed({**state, key: other}, **here(scene))))
            assert "out of date" in shown.text or shown.title in {"Not moved", "Contact not available"}, (key, other)
    assert scene.owner == scene.lead
    assert scene.trail == []


@pytest.mark.parametrize("act", ACTING.values(), ids=ACTING.keys())
def test_an_identity_of_somebody_else_is_left_alone(act: Acting, scene: Scene) -> None:
    """The state may be old: the identity has to be linked to the contact in the panel at that moment."""
    scene.change(contact_id=scene.twin)
    shown = forced(scene, act, dict(sealed(act.state(scene), **here(scene))))
    assert shown.title == "Not moved" or "out of date" in shown.text
    assert scene.owner == scene.twin


@pytest.mark.parametrize("act", ACTING.values(), ids=ACTING.keys())
def test_a_teammate_who_may_not_merge_can_do_none_of_it(act: Acting, scene: Scene) -> None:
    scene.kinbox.test_cli_runner().invoke(args=["workspaces", "set", scene.workspace.app_id, "mergers=999"])
    shown = forced(scene, act, dict(sealed(act.state(scene), **here(scene))))
    assert shown.title == "You may not merge here" or "out of date" in shown.text
    assert scene.owner == scene.lead
    assert scene.workspace.calls == []
