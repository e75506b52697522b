"""What `action.yml` runs: it reads the inputs, installs what is locked, and starts scangate.

The standard library only, since nothing is installed yet. `start.py` is the entry, by its path.
"""
