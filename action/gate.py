"""Run scangate with the packages of the folder that is named first, and with no others.

For `python -I -S`: the search path is the standard library alone, and what is added here comes
after it. So nothing of the workspace, of the user or of the system's packages can be imported.
"""

import sys
from pathlib import Path

packages = sys.argv.pop(1)
sys.path += [packages, str(Path(__file__).resolve().parent.parent)]
try:
    from scangate.cli import entry
except Exception as error:  # noqa: BLE001 - Python's own code for this is 1, which is a violation
    print(f"scangate: it cannot be started: {type(error).__name__}: {error}", file=sys.stderr)
    sys.exit(6)
entry()
