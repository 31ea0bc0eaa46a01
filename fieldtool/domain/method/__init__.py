"""How an inspection is made: framework, case, walk, tally, rating, sampling; pure values and functions."""
