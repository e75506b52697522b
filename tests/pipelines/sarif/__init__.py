"""The SARIF reports, read by the tool of those who define the format."""
