"""`python -m scangate`."""

import os
import sys

# `-m` puts the working folder first, where a `requests.py` of the judged repository may lie
_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - no imports yet
if sys.path and os.path.abspath(sys.path[0]) == os.getcwd() != _HOME:  # noqa: PTH100, PTH109 - as above
    del sys.path[0]

from scangate.cli import entry  # noqa: E402 - only now is it safe to import

entry()
