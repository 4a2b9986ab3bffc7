"""A furnished workspace on a clock that the test moves."""

from __future__ import annotations

import pytest

from app.sandbox.seed import harbour_and_pine
from app.sandbox.server import create_sandbox
from app.sandbox.workspace import Workspace
from tests.sandbox.caller import Caller, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(clock: Clock) -> Workspace:
    return Workspace(seed=harbour_and_pine, now=clock)


@pytest.fixture
def call(workspace: Workspace) -> Caller:
    return Caller(create_sandbox(workspace).test_client())
