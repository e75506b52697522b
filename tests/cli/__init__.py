"""The shell: arguments, environment, files, streams."""
