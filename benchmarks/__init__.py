"""Side by side with peers, in one run, on data made from a seed."""
