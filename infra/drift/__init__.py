"""What runs against what is declared, as pure functions of objects that were read before."""
