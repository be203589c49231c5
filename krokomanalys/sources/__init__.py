"""Sources: files of figures and decisions read and checked; the only way in."""
