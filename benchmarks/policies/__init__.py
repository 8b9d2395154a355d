"""How fast the offline policy check is against its peers, and how often its secret rules cry wolf."""
