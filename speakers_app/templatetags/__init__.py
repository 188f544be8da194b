"""Template tags of people and their voices."""
