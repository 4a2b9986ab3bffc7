"""Twilio Programmable Messaging: SMS, MMS and WhatsApp senders."""

from app.channels.twilio.adapter import TwilioAdapter

__all__ = ["TwilioAdapter"]
