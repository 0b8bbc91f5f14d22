"""What a process needs that was started from one with a fake: it lands in that fake, in process.

What comes in is the environment of that process; what goes out is requests to the server of the fake. Ask `activation`
to begin; `sitecustomize` and `node.cjs` are what Python and Node run at their start.
"""
