"""What templates ask of live recording."""
