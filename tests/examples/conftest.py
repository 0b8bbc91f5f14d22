"""Some folders run as a copy: tests/test_docs_outputs.py, tests/test_docs_bugs.py."""

collect_ignore = ["tutorial", "early", "django_site", "django_settings", "compare"]
