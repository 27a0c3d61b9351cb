"""The exit codes of the command `qbsim`."""

DONE, FAILED, UNUSABLE, REFUSED = range(4)
