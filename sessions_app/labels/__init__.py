"""Labels of lines: which belong to the story, as a classifier says or as people correct it."""
