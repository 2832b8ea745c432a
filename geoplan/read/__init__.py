"""From a file of any kind to a ZoneLayer, saying what was understood."""
