"""The README's example does what the README says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import canvas_components

README = Path(canvas_components.__file__).with_name("README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found.group(1)


def test_example_gives_the_answer_that_is_shown() -> None:
    names: dict[str, Any] = {}
    exec(block("python"), names)  # noqa: S102 - our own README
    assert json.loads(names["answer"]) == json.loads(block("json"))


def test_every_public_name_is_there_and_every_function_is_explained() -> None:
    for name in canvas_components.__all__:
        assert hasattr(canvas_components, name)
        if name[0].islower():
            assert name in README
