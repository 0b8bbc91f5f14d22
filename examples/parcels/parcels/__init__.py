"""Parcels: a courier and a recipient text and call each other, and neither sees the other's number."""
