"""What is judged: one object, its fields and where they stand, and how the objects of a stack find each other."""
