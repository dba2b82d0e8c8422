"""Briefs: what two people read before they sit down. Names enter here and nowhere below."""
