"""The graph as tools for language models (Model Context Protocol): what is asked, what comes back, and the
sentences that say so.

`kg.mcp.tools` says which tools there are, `kg.mcp.calls` answers them with what `kg serve` answers, under the
same limits, `kg.mcp.server` speaks the protocol through the official SDK, which is an extra: ``[mcp]``.
"""
