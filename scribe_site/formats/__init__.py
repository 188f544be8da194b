"""How dates and times are written, where Scribe differs from Django."""
