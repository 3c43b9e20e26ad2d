"""The log as a Merkle tree that anybody can check: C2SP tiles, checkpoints, proofs (decision 0310).

Pure: nothing here reads a clock, a file or a network but where a module says so.
"""
