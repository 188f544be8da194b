"""Makes the bundled nano speech model, the fixture recordings and the demo recordings from nothing."""
