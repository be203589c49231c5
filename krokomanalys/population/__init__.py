"""Population: the cube, the step, rates from counts, observed years, models and projections."""
