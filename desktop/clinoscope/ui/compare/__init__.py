"""Two visits of one patient compared: side by side, wiped, one over the other."""
