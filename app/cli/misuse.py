"""A wrong command line, told to machines as any other fault is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from app.cli.output import refuse


class Commands(AppGroup):
    """The app's commands. With --json on the command line, what Click finds wrong with it is JSON too."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        # Flask's own group calls this, and it is Flask's context that everything below runs in.
        ctx.with_resource(_misuse_in_json())
        return super().get_command(ctx, name)


@contextmanager
def _misuse_in_json() -> Iterator[None]:
    """Click has not read the command line to its end when it refuses it, so it is looked at as it was given."""
    try:
        yield
    except click.UsageError as fault:
        if "--json" not in sys.argv:
            raise
        refuse(fault.format_message(), as_json=True, misuse=True)
