"""The connection to a fake of another process: the object that `fakeproxy.connect(url)` returns.

Input: the calls of a test. Output: requests to the control API of that fake, and the same objects that a fake of this
process returns. Ask `proxy` for the whole object, `people` for phones and webhooks, `state` for rows, clock, journal,
alerts and faults, `answers` for how a request is made and its answer read.
"""
