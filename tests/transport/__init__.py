"""Tests of the manners on the network."""
