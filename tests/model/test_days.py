"""Random days on SQLite."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import MakeApp
from tests.model.days import live_through
from tests.model.world import open_world


def test_days(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    live_through(open_world(make_app, monkeypatch), 30, in_ci=250, first_seed=1, tell=record_property)
