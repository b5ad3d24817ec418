"""`kg recipes`: the commands that load a dataset of shards into an engine, to be pasted into a shell."""

from __future__ import annotations

import shlex
from pathlib import Path

from kg.errors import KgError
from kg.shards.dataset import manifest_of
from kg.shards.place import is_address, place

RECIPES = {
    "oxigraph": """\
# Oxigraph: gzip is opened on the way, files are loaded side by side
oxigraph load --location kg-oxigraph --file {files}
oxigraph serve-read-only --location kg-oxigraph --bind localhost:7878 --union-default-graph
# SPARQL: http://localhost:7878/query
""",
    "virtuoso": """\
# Virtuoso 7: {folder} must be named in DirsAllowed of virtuoso.ini; isql listens on 1111.
# Every quad has its own graph; ld_dir only takes files for which it is told one as well.
isql-vt "${{ISQL_PORT:-1111}}" dba "$DBA_PASSWORD" exec="ld_dir('{quoted}', '*.nq.gz', 'urn:kg:no-graph');"
for worker in 1 2 3; do
  isql-vt "${{ISQL_PORT:-1111}}" dba "$DBA_PASSWORD" exec="rdf_loader_run();" &
done
wait
isql-vt "${{ISQL_PORT:-1111}}" dba "$DBA_PASSWORD" exec="checkpoint;"
# what could not be loaded, if anything:
isql-vt "${{ISQL_PORT:-1111}}" dba "$DBA_PASSWORD" \\
  exec="SELECT ll_file, ll_error FROM load_list WHERE ll_error IS NOT NULL;"
# SPARQL: http://localhost:8890/sparql (the default graph is a bag union: count with DISTINCT)
""",
    "qlever": """\
# QLever reads N-Quads from a pipe (the binary of versions before 2026 is called IndexBuilderMain)
zcat {files} | qlever-index -i kg -F nq -f - --parallel-parsing false
qlever-server -i kg -p 7019 -m 8G
# SPARQL: http://localhost:7019
""",
    "jena": """\
# Apache Jena: tdb2.xloader takes less memory above some hundred million quads, one process at a time
tdb2.tdbloader --loader=parallel --loc kg-tdb2 {files}
fuseki-server --loc=kg-tdb2 --set=tdb2:unionDefaultGraph=true /kg
# SPARQL: http://localhost:3030/kg/sparql
""",
    "graphdb": """\
# GraphDB 10 and later, with the server stopped; the repository kg exists and is overwritten (-f)
importrdf preload -f -i kg {files}
graphdb -d
# SPARQL: http://localhost:7200/repositories/kg
""",
    "neptune": """\
# Amazon Neptune: BUCKET in the cluster's region, ROLE with read access to it, CLUSTER the endpoint
aws s3 cp {folder} "s3://$BUCKET/kg/" --recursive --exclude '*' --include '*.nq.gz' --exclude 'shards/*'
curl -X POST "https://$CLUSTER:8182/loader" -H 'Content-Type: application/json' -d @- <<JSON
{{"source": "s3://$BUCKET/kg/", "format": "nquads", "iamRoleArn": "$ROLE", "region": "$AWS_REGION",
 "failOnError": "TRUE", "parallelism": "HIGH"}}
JSON
curl "https://$CLUSTER:8182/loader?details=true"
# SPARQL: https://$CLUSTER:8182/sparql
""",
    "stardog": """\
# Stardog: loading while a database is made is the fast way
stardog-admin db create -n kg -o query.all.graphs=true -- {files}
# SPARQL: http://localhost:5820/kg/query
""",
}
"""By engine. `{files}`: all N-Quads files, by a pattern; `{folder}`: where they lie."""


def recipe(engine: str, folder: str) -> str:
    """The commands for an engine. Raises KgError for an unknown one, and where no complete dataset is."""
    if engine not in RECIPES:
        raise KgError(f"no recipe for {engine!r}", hint=f"one of {', '.join(RECIPES)}")
    if is_address(folder) and engine != "neptune":
        raise KgError("only local files can be loaded so", where=folder, hint="copy them first")
    manifest = manifest_of(place(folder))
    if manifest is None:
        raise KgError("no complete dataset is there", where=folder, hint="kg build SOURCE... --out DIR")
    path = folder if is_address(folder) else str(Path(folder).absolute())
    head = f"# {manifest['quads']:,} quads of {manifest['articles']:,} articles\n"
    sql = path.replace("'", "''").replace('"', '\\"').replace("$", "\\$").replace("`", "\\`")
    return head + RECIPES[engine].format(
        files=f"{shlex.quote(path)}/*.nq.gz", folder=shlex.quote(path), quoted=sql
    )
