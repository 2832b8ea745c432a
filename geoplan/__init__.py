"""geoplan: zone layouts held against what was published about them."""
