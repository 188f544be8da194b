"""The live page's words: what followers are told, the lines they read, who listens, and what the clock says."""
