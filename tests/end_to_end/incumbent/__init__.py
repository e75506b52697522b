"""The job that people paste today, beside the gate."""
