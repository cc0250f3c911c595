"""What the process says when it ends; usage errors are 2."""

EXIT_FAILED = 1  # the request could not be done
EXIT_CHANGED = 3  # verify found something that does not agree
EXIT_INTERRUPTED = 130
