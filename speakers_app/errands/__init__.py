"""What workers do with voices, one procedure for each kind of errand."""
