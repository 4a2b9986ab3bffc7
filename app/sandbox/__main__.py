"""`make run`: starts the demo and waits for Ctrl+C."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from app.sandbox.demo import Demo
from app.settings import LOG_LEVELS, ROOT


@click.command()
@click.option("--port", default=8000, show_default=True, help="Where the Inbox workbench and Kinbox listen.")
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
    demo = Demo(folder, port, log_level=log_level, connected=not unconnected)
    try:
        demo.start()
    except OSError:
        taken = f"Port {port} is taken on this machine. Choose another: make run PORT={port + 1}"
        raise click.ClickException(taken) from None
    click.echo(f"The Inbox workbench is at {demo.url} - press Ctrl+C to stop.")
    stop = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: stop.set())
    stop.wait()
    demo.stop()


if __name__ == "__main__":
    main()
