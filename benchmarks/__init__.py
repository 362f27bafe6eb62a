"""Real workloads, measured: quality of the result and speed of the job; not shipped in the wheel."""
