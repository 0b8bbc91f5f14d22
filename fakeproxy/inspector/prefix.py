"""The path of the control API, in a file of its own: a server needs it without importing the rest."""

#: The start of every path of the control API.
PREFIX = "/_fakeproxy/"
