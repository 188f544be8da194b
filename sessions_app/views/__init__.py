"""What a request is answered with; one file per concept, one view per page with its fragments."""
