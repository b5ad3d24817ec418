// Reads a Mermaid diagram as pages do, and writes its kind and the texts of its nodes: node mermaid.mjs < x.mmd
import { JSDOM } from "jsdom";
import { readFileSync } from "node:fs";

const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import("mermaid");
mermaid.initialize({ securityLevel: "strict" });
const diagram = await mermaid.mermaidAPI.getDiagramFromText(readFileSync(0, "utf8"));
const vertices = diagram.db.getVertices();
const edges = diagram.db.getEdges().map(({ start, end, text }) => [start, end, text]);
console.log(JSON.stringify({ type: diagram.type, nodes: [...vertices.values()].map(({ text }) => text), edges }));
