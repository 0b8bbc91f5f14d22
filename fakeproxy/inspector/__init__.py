"""The fake from outside its process: a JSON API under `/_fakeproxy/`."""
