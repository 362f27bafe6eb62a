"""Drawing a mouth: bank, selection, warp, blend."""
