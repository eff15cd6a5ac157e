"""``python -m egate.cli`` is ``egate``."""

import sys

from egate.cli.main import main

sys.exit(main())
