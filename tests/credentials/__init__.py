"""Each source against the emulator, over real sockets on loopback."""
