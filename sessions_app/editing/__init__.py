"""What people do to the text of lines."""
