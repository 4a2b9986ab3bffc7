"""So many random days in one world. The seed is told at the end; MODEL_SEED=... chooses other days."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import Following
from tests.model.world import World

STEPS = 15
"""At most, in a day."""


def live_through(world: World, days: int, *, in_ci: int, first_seed: int, tell: Callable[[str, object], None]) -> None:
    """`in_ci` days where everything is tested, MODEL_RUNS days where that is set. `tell` is `record_property`.

    They are the days of `first_seed`, so that whoever sees a failure has caused it; MODEL_SEED=random looks for others.
    """
    asked = os.environ.get("MODEL_SEED") or str(first_seed)
    number = random.getrandbits(32) if asked == "random" else int(asked)
    days = int(os.environ.get("MODEL_RUNS") or (in_ci if os.environ.get("CI") == "true" else days))
    tell("told", f"{days} random days of MODEL_SEED={number}")

    class Days(Following):
        pass

    Days.world = world
    Days.frequency.clear()
    run_state_machine_as_test(
        seed(number)(Days),
        settings=settings(
            max_examples=days,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    tell("told", ", ".join(f"{what} {times}" for what, times in Days.frequency.most_common()))
