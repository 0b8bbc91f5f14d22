"""The files of some folders run in a copy of the folder: tests/test_docs_outputs.py, tests/test_docs_bugs.py."""

collect_ignore = ["tutorial", "early", "django_site", "compare"]
