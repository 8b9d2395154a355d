"""The production runbook of the REZ Merchant Backend API as software."""
