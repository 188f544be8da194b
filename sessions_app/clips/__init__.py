"""Clips: lines of a session to hear, to quote and to take along apart from the rest."""
