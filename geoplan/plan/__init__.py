"""plan.toml: the model, its loader and the template for new plans."""

from geoplan.plan.load import data_folder, find_plan, layer_path, load_plan, plan_ids
from geoplan.plan.model import Group, Plan, Source, Zone

__all__ = ["Group", "Plan", "Source", "Zone", "data_folder", "find_plan", "layer_path", "load_plan", "plan_ids"]
