"""plan.toml: the model, its loader and the template for new plans."""
