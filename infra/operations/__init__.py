"""What can be done to the running system: one procedure of the runbook per file."""
