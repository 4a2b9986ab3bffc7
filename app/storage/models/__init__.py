"""The tables. Rows never leave `storage`: repositories answer with plain records."""

from app.storage.models.base import Base
from app.storage.models.contacts import (
    ContactRedirect,
    ConversationLink,
    Identity,
    KnownContact,
)
from app.storage.models.inbox import InboundEvent
from app.storage.models.merges import LIVE_MERGE, AuditRecord, Merge
from app.storage.models.workspaces import ChannelAccount, Workspace

__all__ = [
    "LIVE_MERGE",
    "AuditRecord",
    "Base",
    "ChannelAccount",
    "ContactRedirect",
    "ConversationLink",
    "Identity",
    "InboundEvent",
    "KnownContact",
    "Merge",
    "Workspace",
]
