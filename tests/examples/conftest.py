"""The files of the tutorial run in a folder of their own: tests/test_docs_outputs.py."""

collect_ignore = ["tutorial"]
