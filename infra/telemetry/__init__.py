"""Where metrics come from, and the arithmetic of service levels (pure)."""
