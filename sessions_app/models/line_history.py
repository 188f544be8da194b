"""What was said of each line, by whom and when, kept by django-simple-history as long as the session exists.

>>> session.segments.first().history.count()  # nobody changed it
0
"""

from __future__ import annotations

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords

TRACKED = (
    "text", "voice", "character", "label", "label_kind", "label_by", "start_ms", "end_ms", "reviewed", "removed_at",
)  # fmt: skip
"""The fields of a line that people change."""


class OfSession(models.Model):
    """Goes with the session: what was said leaves no trace once the session is deleted."""

    of_session = models.ForeignKey(
        "sessions_app.Session", on_delete=models.CASCADE, related_name="line_history"
    )

    class Meta:
        abstract = True


class LineHistory(HistoricalRecords):  # type: ignore[misc]  # the library has no types
    """History of lines that is written where people change them, and nowhere else.

    The library's own way, a record whenever a row is saved, would keep every line that a machine made, would miss what
    is changed by query, as selections of thousands of lines are, and would delete a session's lines one by one.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(
            bases=(OfSession,),
            excluded_fields=(
                "session", "run", "heard_voice", "position", "words", "tier", "kind", "label_confidence",
                "label_character", "capture", "heard_text", "heard_words", "heard_anew",
            ),
            **options,
        )  # fmt: skip

    def finalize(self, sender: type[models.Model], **kwargs: Any) -> None:
        """Makes the table of ``sender``'s history; rows are written by who changes lines."""
        super().finalize(sender, **kwargs)
        models.signals.post_save.disconnect(self.post_save, sender=sender)
        models.signals.post_delete.disconnect(self.post_delete, sender=sender)
        models.signals.pre_delete.disconnect(self.pre_delete, sender=sender)
