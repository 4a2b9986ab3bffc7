"""WeChat Official Accounts, plain and encrypted."""

from app.channels.wechat.adapter import WeChatAdapter

__all__ = ["WeChatAdapter"]
