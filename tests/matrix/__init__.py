"""One script under many versions of the packages that applications and their tests use: `python -m tests.matrix`."""
