"""Where objects come from: every reader gives the same plain data, and says where each object stands."""
