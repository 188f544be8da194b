"""The captioner: a process that turns the audio of captures into lines while it comes in."""
