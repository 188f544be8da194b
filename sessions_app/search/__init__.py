"""Searching everything that was said in a campaign."""
