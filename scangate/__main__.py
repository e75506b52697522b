"""`python -m scangate`."""

import sys

from scangate.cli import main

sys.exit(main())
