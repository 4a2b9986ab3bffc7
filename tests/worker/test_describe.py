"""A workspace that only the environment names gets its name, zone and admin from Intercom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.workspace import Workspace
from app.sandbox.seed import harbour_and_pine
from app.sandbox.server import create_sandbox, serve
from app.sandbox.workspace import Workspace as Sandbox
from app.services import services
from app.storage.database import transaction
from app.worker.health_watch import HealthWatch
from tests.conftest import MakeApp


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(seed=harbour_and_pine)


def test_a_private_app_s_workspace_is_described_once(make_app_on_each: MakeApp, sandbox: Sandbox) -> None:
    server = serve(create_sandbox(sandbox))
    private = {"INTERCOM_ACCESS_TOKEN": sandbox.token, "INTERCOM_WORKSPACE_ID": sandbox.app_id}
    app = make_app_on_each(INTERCOM_API_URL=server.url, **private)
    watch = HealthWatch(app, look_every_s=0)

    def stored() -> Workspace:
        with transaction() as connection:
            found = services().workspaces.get(connection, sandbox.app_id)
        assert found is not None
        return found

    with app.app_context():
        assert (stored().name, stored().timezone, stored().admin_id) == ("", "UTC", None)
        watch.look()
        known = stored()
        assert known.name == sandbox.account.name
        assert known.timezone == sandbox.account.timezone
        assert known.admin_id is not None
        chosen = replace(known, name="Ours", timezone="Asia/Tokyo")
        with transaction(write=True) as connection:
            services().workspaces.save(connection, chosen, datetime.now(UTC))
        asked = len(sandbox.calls)
        watch.look()
        HealthWatch(app, look_every_s=0).look()
        assert (stored(), len(sandbox.calls)) == (chosen, asked)
    server.stop()
