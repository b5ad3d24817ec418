// Asks a SPARQL endpoint through Comunica, with its own HTTP stack: node ask.mjs URL < query.rq
// Writes SPARQL 1.1 Query Results JSON, or N-Triples of a CONSTRUCT.
import { QueryEngine } from "@comunica/query-sparql";
import { readFileSync } from "node:fs";

const engine = new QueryEngine();
const sources = [{ type: "sparql", value: process.argv[2] }];
const answer = await engine.query(readFileSync(0, "utf8"), { sources });
const format = answer.resultType === "quads" ? "application/n-triples" : "application/sparql-results+json";
const { data } = await engine.resultToString(answer, format);
for await (const piece of data) process.stdout.write(piece);
