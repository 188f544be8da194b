"""People and their voices across the sessions of a campaign."""
