"""From rules to findings: each rule run, exemptions set against what it finds, plans and releases judged."""
