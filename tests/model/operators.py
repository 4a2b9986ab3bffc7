"""What operators do: have the links walked, and people erased."""

from __future__ import annotations

from app.channels.registry import adapters
from app.domain.workspace import Workspace
from app.services import services
from app.storage.database import transaction
from app.usecases import erase_person
from app.usecases.erase_person import Erased
from app.usecases.reconcile_links import Walk, Walked, reconcile_links
from tests.model.customers import ACCOUNTS
from tests.model.people import Sender
from tests.model.world import World


def walk(world: World) -> Walked:
    """Walk all links, as at night."""
    with world.app.app_context():
        objects = services()
        with transaction() as connection:
            workspace = objects.workspaces.get(connection, world.workspace.app_id)
        assert workspace is not None
        plan = Walk(
            workspace=workspace,
            channels={slug: adapter.channel() for slug, adapter in adapters().items()},
            open_intercom=lambda patience: objects.intercom(workspace, pace=patience),
            now=world.clock,
            rest=world.clock.rest,
            is_stopping=lambda: False,
        )
        return reconcile_links(plan)


def erase_sender(world: World, sender: Sender) -> None:
    slug = ACCOUNTS[sender.account]["slug"]
    with world.app.app_context():
        at = world.clock()
        erased = erase_person.erase_sender(_workspace(world), slug, sender.id, why="erased", by=None, at=at)
    _told(world, erased)


def erase_contact(world: World, contact_id: str) -> None:
    with world.app.app_context():
        at = world.clock()
        erased = erase_person.erase_contact(_workspace(world), contact_id, why="erased", by=None, at=at)
    _told(world, erased)


def _told(world: World, erased: Erased) -> None:
    world.people.erase(set(erased.contact_ids), world.links())


def _workspace(world: World) -> Workspace:
    return Workspace(id=world.workspace.app_id, region="us")
