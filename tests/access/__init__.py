"""Who may do what at which address: one table per module of addresses, put together here."""

from __future__ import annotations

from tests.access import (
    campaigns,
    captures,
    clips,
    demo,
    labels,
    live,
    runs,
    search,
    speakers_edits,
    speakers_lines,
    speakers_mapping,
    speakers_people,
    speakers_voices,
    transcripts,
    uploads,
)

TABLES = (
    campaigns,
    demo,
    uploads,
    runs,
    transcripts,
    labels,
    clips,
    search,
    speakers_voices,
    speakers_edits,
    speakers_lines,
    speakers_people,
    speakers_mapping,
    live,
    captures,
)
ROWS = {name: row for table in TABLES for name, row in table.ROWS.items()}
