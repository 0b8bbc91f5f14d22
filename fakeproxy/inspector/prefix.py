"""The path of the control API. It stands alone so that a server learns it without importing the rest."""

PREFIX = "/_fakeproxy/"
