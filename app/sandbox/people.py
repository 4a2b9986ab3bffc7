"""Ids of the people and conversations in the furnished workspace that tests and links refer to."""

from __future__ import annotations

from app.sandbox.ids import named_id

MAYA_LEAD = named_id("maya-lead")
"""An SMS lead whose number is MAYA_USER's, spelt differently."""
MAYA_USER = named_id("maya-user")
TELEGRAM_LEAD = named_id("telegram-lead")
"""Yuki writes on Telegram: neither phone nor email. The same person as TELEGRAM_USER."""
TELEGRAM_USER = named_id("telegram-user")
EMAIL_LEAD = named_id("tom-lead")
"""Has the email of EMAIL_USER and no phone."""
EMAIL_USER = named_id("tom-user")
US_USER = named_id("jordan-user")
"""A user whose phone is stored as `(415) 555-0100`."""
US_LEAD = named_id("jordan-lead")
"""The same person on WhatsApp, who hides their number there: neither phone nor email."""
LAN_USER = named_id("lan-user")
"""A user whose phone is stored as `(206) 555-0134`."""
LAN_LEAD = named_id("lan-lead")
"""An SMS lead with the same number in E.164."""
SHARED_PHONE_FIRST = named_id("okafor-ada")
SHARED_PHONE_SECOND = named_id("okafor-chidi")
"""Two users of one household with one phone."""
SHARED_PHONE_LEAD = named_id("okafor-lead")
TWIN_LEAD_FIRST = named_id("lena-sms")
TWIN_LEAD_SECOND = named_id("lena-whatsapp")
"""Two leads that are the same person."""
TWIN_USER_FIRST = named_id("sofia-shop")
TWIN_USER_SECOND = named_id("sofia-trade")
"""Two users that are the same person, with one email and two external ids."""
ARCHIVED_USER = named_id("archived-user")
MERGED_LEAD = named_id("merged-lead")
"""Merged into MERGED_SURVIVOR three weeks ago."""
MERGED_SURVIVOR = named_id("merged-survivor")
DELETED_USER = named_id("deleted-user")
"""Deleted two days ago, in the grace period."""
BLOCKED_USER = named_id("blocked-user")
HOSTILE_LEAD = named_id("hostile-lead")
"""Called `[click](https://evil.example) *bold*`."""
LONG_USER = named_id("long-user")
"""Two hundred characters of name."""
BLANK_LEAD = named_id("blank-lead")
"""Nothing but an id."""
EMOJI_LEAD = named_id("emoji-lead")
FACEBOOK_LEAD = named_id("facebook-lead")
"""Made by Intercom's own Facebook channel; cannot be merged."""
UNRELATED_USER = named_id("unrelated-user")
"""Shares nothing with anybody."""
CONFLICT_LEAD = named_id("conflict-lead")
"""Shares its phone with CONFLICT_USER; the two have different values in many fields."""
CONFLICT_USER = named_id("conflict-user")

ROSA, DECLAN, MIKA = "4410021", "4410022", "4410023"
"""The teammates."""
SALES_TEAM = "5510001"
TAG_VIP, TAG_TRADE, TAG_DELIVERY = "7001", "7002", "7003"

MAYA_CONVERSATION = "8001"
TELEGRAM_CONVERSATION = "8002"
US_CONVERSATION = "8003"
TWIN_CONVERSATION = "8004"
SHARED_PHONE_CONVERSATION = "8005"
HOSTILE_CONVERSATION = "8006"
EMAIL_CONVERSATION = "8007"
CONFLICT_CONVERSATION = "8008"
BLANK_CONVERSATION = "8009"
USER_CONVERSATION = "8010"
"""Of MAYA_USER, from the Messenger."""
MERGED_CONVERSATION = "8011"
"""Came to MERGED_SURVIVOR by the merge."""
