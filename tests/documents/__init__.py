"""Tests of strict YAML."""
