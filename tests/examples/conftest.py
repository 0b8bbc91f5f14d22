"""The files of the tutorial, and those of the Django site, run in a folder of their own: tests/test_docs_outputs.py."""

collect_ignore = ["tutorial", "django_site"]
