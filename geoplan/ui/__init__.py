"""The web app: pages that show and ask, on the use cases of `geoplan.workflow`."""
