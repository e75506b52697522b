"""Tests of `scangate check` over real sockets, in all weathers."""
