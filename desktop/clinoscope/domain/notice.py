"""What stands on every screen, page, card and file that shows what a model says."""

RESEARCH_ONLY = "Research use only; not a diagnosis."
