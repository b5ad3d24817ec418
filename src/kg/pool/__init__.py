"""Strangers' queries, each in a process that can be killed: deadline, memory, rows, and no way out.

`kg.pool.worker` is what runs in a process, `kg.pool.answer` what it computes, `kg.pool.pool` keeps the
processes and hands out the work. pyoxigraph has no timeout and no cancel, and fetches what SERVICE names;
here a query that runs too long is killed with its process, one that takes too much memory kills only that,
and the process has no file descriptor left for a socket.
"""
