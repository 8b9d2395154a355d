"""What a job on GitHub tells its people: summary, comment, issue."""
