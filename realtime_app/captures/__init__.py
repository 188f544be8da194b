"""Captures: audio of a microphone, written to disk as it comes, acknowledged once it is safe."""
