"""Programs for those who build Scribe: measuring, making the nano model, taking the README's pictures."""
