"""Handing a plan over: its zones, facilities, network and findings in the formats other programs read."""
