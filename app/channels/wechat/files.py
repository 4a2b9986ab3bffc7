"""Where WeChat keeps files: a picture has its own address, everything else is asked for with an access token."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from app.channels.base import Fetch, MediaPlan
from app.channels.hosts import https_at
from app.domain.message import Attachment

_PICTURE_HOSTS = frozenset({".qpic.cn"})
_API_HOSTS = frozenset({"api.weixin.qq.com"})
_API = "https://api.weixin.qq.com/cgi-bin"


def plan_download(attachment: Attachment, *, app_id: str, app_secret: str) -> MediaPlan | None:
    """A file is kept for three days. WeChat tells errors as JSON with status 200."""
    if attachment.url and https_at(attachment.url, _PICTURE_HOSTS):
        return MediaPlan(first=Fetch(url=attachment.url, hosts=_PICTURE_HOSTS))
    media_id = attachment.media_id
    if not (media_id and app_id and app_secret):
        return None
    token = _get("token", grant_type="client_credential", appid=app_id, secret=app_secret)
    return MediaPlan(first=token, then=lambda answer: _file(media_id, answer))


def _file(media_id: str, answer: Any) -> Fetch:
    token = answer["access_token"]
    if not isinstance(token, str):
        raise TypeError("WeChat's answer holds no access token")
    return _get("media/get", access_token=token, media_id=media_id)


def _get(path: str, **query: str) -> Fetch:
    return Fetch(url=f"{_API}/{path}?{urlencode(query)}", hosts=_API_HOSTS)
