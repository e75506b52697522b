"""Tests of the registry products: their wire shapes and their calls."""
