"""Campaigns, parties, sessions, recordings, runs and transcripts."""
