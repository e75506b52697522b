"""The gate between a container registry's vulnerability scan and production."""

__version__ = "0.1.0"
