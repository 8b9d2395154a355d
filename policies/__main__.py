"""`pulumi preview` and `up` start the policy pack here."""

from __future__ import annotations

from policies.pack import serve

serve()
