"""Shards: a dataset of any size as sorted, packed N-Quads files that every RDF store can load.

plan → (each shard: read → convert → sort → pack → publish) → conclusions across shards → manifest
"""

from __future__ import annotations

from kg.shards.build import DatasetResult, build_shards

__all__ = ["DatasetResult", "build_shards"]
