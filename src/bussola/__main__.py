"""`python -m bussola` is the command line."""

import sys

from bussola.cli import main

sys.exit(main())
