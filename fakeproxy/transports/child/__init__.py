"""Child processes: a process that was started while a fake was active sends its requests to that fake.

In: the environment of the child. Out: requests to the fake's server. Ask `activation` to begin; Python runs
`sitecustomize` at its start, and Node `node.cjs`.
"""
