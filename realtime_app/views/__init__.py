"""Pages and fragments of live recording."""
