"""`make run`: starts the demo and waits for Ctrl+C."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from app.errors import AppError
from app.sandbox.demo import Demo
from app.sandbox.server import PortTaken
from app.settings import LOG_LEVELS, ROOT

LAST_PORT = 65535


@click.command()
@click.option(
    "--port",
    default=8000,
    type=click.IntRange(1, LAST_PORT),
    show_default=True,
    help="Where the Inbox workbench and Kinbox listen.",
)
@click.option(
    "--folder",
    default=ROOT / "instance" / "sandbox",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the sandbox and Kinbox keep what they know. Remove it to start afresh.",
)
@click.option("--unconnected", is_flag=True, help="Begin with no workspace connected, as a new Kinbox does.")
@click.option("--log-level", envvar="KINBOX_LOG_LEVEL", default="WARNING", type=click.Choice(LOG_LEVELS))
def main(port: int, folder: Path, log_level: str, *, unconnected: bool) -> None:
    """Run Kinbox with an Intercom workspace of its own, for trying it out."""
    try:
        demo = Demo(folder, port, log_level=log_level, connected=not unconnected)
        demo.start()
    except PortTaken as fault:
        raise click.ClickException(f"{fault} Choose another: make run PORT={_another(port)}") from None
    except AppError as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"The Inbox workbench is at {demo.url} - press Ctrl+C to stop.")
    stop = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: stop.set())
    stop.wait()
    demo.stop()


def _another(port: int) -> int:
    return port + 1 if port < LAST_PORT else port - 1


if __name__ == "__main__":
    main()
