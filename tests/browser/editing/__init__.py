"""Editing a transcript in a real browser."""
