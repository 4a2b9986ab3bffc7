"""What a worker says while its database cannot be worked with."""

from __future__ import annotations

from flask import Flask

from app.services import services


def why_idle(app: Flask) -> str:
    """It is asked for anew: tables that are missing look to the driver like a database that fell silent."""
    with app.app_context():
        faults = services().database.faults()
    return f"{faults[0]} Work goes on then." if faults else "The database was busy for too long; work goes on."
