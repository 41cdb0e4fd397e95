"""The exchange as a pure value machine: commands in, events out, nothing else."""
