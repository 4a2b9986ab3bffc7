"""What the workbench's own API refuses, in a sentence for the page."""

from __future__ import annotations

from app.errors import AppError


class Refused(AppError):
    """The page asked for something that cannot be done; `sentence` is shown as it is."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(f"refused with {status}")
        self.status = status
        self.sentence = sentence
