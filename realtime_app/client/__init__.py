"""A program that records: files, growing files and sound cards go over the capture socket as browsers do."""
