"""Judging a whole registry: what is chosen, judged, summed up and told."""
