"""The gate of the laboratory as a command: 0 met, 1 a critical threshold is not met, 2 not told."""

import sys

from seawall.lab.check_thresholds import main

if __name__ == "__main__":
    sys.exit(main())
