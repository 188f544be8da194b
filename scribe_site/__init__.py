"""The composition root: settings read once, and the wiring of apps, engine and processes."""
