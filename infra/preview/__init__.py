"""What a change would do, shown and judged before anybody runs it."""
