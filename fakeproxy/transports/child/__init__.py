"""The child processes: one that was started while a fake was active sends its requests to that fake.

Input: the environment of the child. Output: requests to the fake's server. Ask `activation` to begin; Python runs
`sitecustomize` at its start, and Node `node.cjs`.
"""
