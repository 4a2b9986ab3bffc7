"""Viber bots, REST bot API."""

from app.channels.viber.adapter import ViberAdapter

__all__ = ["ViberAdapter"]
