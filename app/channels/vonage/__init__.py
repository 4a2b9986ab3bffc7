"""Vonage (Nexmo): the SMS API and the Messages API."""

from app.channels.vonage.adapter import VonageAdapter

__all__ = ["VonageAdapter"]
