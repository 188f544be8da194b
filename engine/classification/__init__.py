"""Says of each line whether it belongs to the story or to the table, by a built-in classifier or a language model."""
