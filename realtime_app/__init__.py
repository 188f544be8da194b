"""Sockets: what a page hears from the server without asking."""
