"""Reports: parameters, notebooks run, pages, figures, tables, the batch and its index."""
