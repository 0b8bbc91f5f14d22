"""What `manage.py test` does before the tests and after them, for pytest."""

import os

import django
import pytest
from django.test import utils

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.test_settings")
django.setup()


@pytest.fixture(scope="session", autouse=True)
def _test_environment():
    utils.setup_test_environment()
    databases = utils.setup_databases(verbosity=0, interactive=False)
    yield
    utils.teardown_databases(databases, verbosity=0)
    utils.teardown_test_environment()
