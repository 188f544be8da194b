"""Who may do what at which address: one table per module of addresses, put together here."""

from __future__ import annotations

from tests.access import campaigns, demo, runs, transcripts, uploads

ROWS = campaigns.ROWS | demo.ROWS | uploads.ROWS | runs.ROWS | transcripts.ROWS
