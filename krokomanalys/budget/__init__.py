"""Budget and outcome: the ledger, variances, the audit of printed sums, and plans."""
