"""SPARQL as text: what a query asks for, and the parts of its pattern."""
