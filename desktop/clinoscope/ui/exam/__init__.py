"""The exam: one page, four steps, no dead ends."""
