"""What a stack needs on AWS before its first run: facts read, a plan that can be printed, steps."""
