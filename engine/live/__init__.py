"""Live captions: samples come in as they are spoken; drafts, then final lines with voices come out."""
