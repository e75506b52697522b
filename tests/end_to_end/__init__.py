"""The whole command against the emulator."""
