"""Pages that stand alone: markup, plots and their look, for reports and scores."""
