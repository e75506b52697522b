"""What scangate costs, beside what users would write instead: `python -m benchmarks.run`."""
