"""Viber bots, REST bot API."""

from app.channels.viber.adapter import Viber

__all__ = ["Viber"]
