"""A fake of another process, driven from here: what `fakeproxy.connect(url)` returns.

What comes in is calls of a test; what goes out is requests to the control API of that fake, and the same objects that a
fake of this process hands out. Ask `proxy` for the whole, `people` for phones and webhooks, `state` for rows, clock,
journal, alerts and faults, `answers` for how a request is made and an answer read.
"""
