"""The tests mirror the modules of scangate."""
