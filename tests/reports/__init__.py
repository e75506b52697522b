"""The reports, read back by foreign readers."""
