"""WeChat Official Accounts, plain and encrypted."""

from app.channels.wechat.adapter import WeChat

__all__ = ["WeChat"]
