"""The component ids of our screens: what a click sends back. An id that ends in a colon carries a value behind it."""

HOME = "home"
CHANNELS = "channels"
HISTORY = "history"

MERGE_START = "merge"
MERGE_REFERENCE = "reference"
"""The one field in which a teammate names the other contact. Its own button submits it."""
MERGE_PICK = "merge.pick:"
MERGE_CONTINUE = "merge.continue"
MERGE_CONFIRM = "merge.confirm"
MERGE_CHECK = "merge.check"
MERGE_CONSENTS = "consents"
MERGE_REASON = "reason"

PROMOTE_THIS = "promote.this"
PROMOTE_OTHER = "promote.other"
PROMOTE_IDENTIFIER = "identifier"

RESTORE = "restore"

MOVE = "move:"
MOVE_UNDO = "move.undo"

IDENTITY = "identity:"
CHOOSE = "identity.choose"
CHOOSE_PICK = "identity.pick:"
TARGET = "identity.move"
TARGET_REFERENCE = "target"
"""The field in which a teammate names the contact that a channel belongs to."""
TARGET_PICK = "target.pick:"
TARGET_CONFIRM = "target.confirm"
UNLINK = "identity.unlink"
RELINK = "identity.relink"

FAILED = "failed"
RETRY = "failed.retry:"
RETRY_ALL = "failed.retry"
