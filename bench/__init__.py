"""How fast the pages are, against a floor in the same run. `bench/run`; see README.md."""
