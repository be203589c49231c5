"""Reports: parameters, pages, sentences, figures and tables, and the checks before them."""
