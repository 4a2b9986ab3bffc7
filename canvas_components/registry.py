"""Every component that may stand in `content.components`, by its type."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from canvas_components.base import Component
from canvas_components.interactive import Button, Checkbox, Dropdown, Input, List, SingleSelect, Textarea
from canvas_components.presentation import DataTable, Divider, Image, Spacer, Text

COMPONENTS: Mapping[str, type[Component]] = MappingProxyType(
    {
        kind.type: kind
        for kind in (
            Text,
            Image,
            Divider,
            Spacer,
            DataTable,
            Button,
            Input,
            Textarea,
            Dropdown,
            SingleSelect,
            Checkbox,
            List,
        )
    }
)
