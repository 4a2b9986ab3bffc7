"""Operators' commands: `flask --app wsgi ...`."""

from __future__ import annotations

from flask import Flask

from app.cli.channels import channels
from app.cli.doctor import doctor
from app.cli.failed import failed
from app.cli.links import links
from app.cli.match import match
from app.cli.merges import merges
from app.cli.misuse import Commands
from app.cli.privacy import privacy
from app.cli.reconcile import reconcile
from app.cli.worker import worker
from app.cli.workspaces import workspaces


def register_commands(app: Flask) -> None:
    app.cli = Commands(app.name, commands=app.cli.commands)
    app.cli.add_command(workspaces)
    app.cli.add_command(channels)
    app.cli.add_command(doctor)
    app.cli.add_command(failed)
    app.cli.add_command(links)
    app.cli.add_command(match)
    app.cli.add_command(privacy)
    app.cli.add_command(reconcile)
    app.cli.add_command(merges)
    app.cli.add_command(worker)
