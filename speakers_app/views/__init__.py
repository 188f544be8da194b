"""What browsers ask about people and their voices."""
