"""A session's transcript as people read it: its voices, its blocks of lines and its waveform."""
