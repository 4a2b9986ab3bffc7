"""Finds the adapters: every folder in this package is a channel. Adding one needs no list."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from inspect import isabstract
from types import ModuleType

import app.channels
from app.channels.base import Adapter


@cache
def adapters() -> Mapping[str, type[Adapter]]:
    """The adapter of each channel by its slug, in alphabetical order."""
    folders = [one.name for one in pkgutil.iter_modules(app.channels.__path__) if one.ispkg]
    found = [_adapter_in(import_module(f"app.channels.{folder}")) for folder in sorted(folders)]
    return {adapter.slug: adapter for adapter in found}


def _adapter_in(module: ModuleType) -> type[Adapter]:
    """The one concrete adapter that a channel's package offers."""
    offered = [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Adapter) and not isabstract(one)
    ]
    if len(offered) != 1:
        raise TypeError(f"{module.__name__} must offer one adapter, and offers {len(offered)}")
    return offered[0]
