"""The tables. Rows never leave `storage`: repositories answer with plain records."""

from app.storage.models.base import Base
from app.storage.models.contacts import (
    ContactRedirect,
    ContactState,
    ConversationLink,
    Identity,
    KnownContact,
    ReconcileRun,
)
from app.storage.models.inbox import InboundEvent
from app.storage.models.merges import LIVE_MERGE, AuditRecord, Merge
from app.storage.models.workspaces import AdminSession, ChannelAccount, OauthState, Workspace

__all__ = [
    "LIVE_MERGE",
    "AdminSession",
    "AuditRecord",
    "Base",
    "ChannelAccount",
    "ContactRedirect",
    "ContactState",
    "ConversationLink",
    "Identity",
    "InboundEvent",
    "KnownContact",
    "Merge",
    "OauthState",
    "ReconcileRun",
    "Workspace",
]
