"""Sphinx's settings for the documentation."""

project = "Scribe"
author = "The Scribe authors"
copyright = "2026, The Scribe authors"  # noqa: A001
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "Scribe"
myst_heading_anchors = 3
