"""Two workspaces, and an admin at work in one of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.services import services
from app.storage.database import transaction
from app.usecases.office import Office

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
ROSA = Teammate("814860", "Rosa Teammate")


@pytest.fixture
def office(database: Flask) -> Office:
    """Rosa's in abc12; xyz99 is next door."""
    with transaction(write=True) as connection:
        for app_id in ("abc12", "xyz99"):
            services().workspaces.save(connection, Workspace(id=app_id, region="us", token="dG9r"), NOW)
    return services().office("abc12", ROSA)
