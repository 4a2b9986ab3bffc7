"""Africa's Talking."""

from app.channels.africastalking.adapter import AfricasTalkingAdapter

__all__ = ["AfricasTalkingAdapter"]
