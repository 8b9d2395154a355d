"""What the runbook forbids, judged from plain data and independently of the settings."""
