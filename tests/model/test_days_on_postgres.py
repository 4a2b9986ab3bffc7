"""Random days on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import MakeApp
from tests.model.days import live_through
from tests.model.world import open_world


@pytest.mark.postgres
def test_days_on_postgres(
    make_app: MakeApp,
    postgres_app: Flask,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    world = open_world(make_app, monkeypatch, DATABASE_URL=postgres_url)
    live_through(world, 5, in_ci=40, first_seed=3, tell=record_property)
