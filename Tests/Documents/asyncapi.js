// Validates an AsyncAPI document: node asyncapi.js <file>. Prints what is wrong and ends with 1 where something is.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const severities = ["error", "warning", "information", "hint"];
// Version 3.0.0 is meant, since more tools read it than 3.1.
const passed = ["asyncapi-latest-version"];

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
const found = diagnostics.filter(diagnostic => !passed.includes(diagnostic.code));
for (const { severity, code, path, message } of found) console.error(`${severities[severity]} ${code} at ${path.join("/")}: ${message}`);
if (!document || found.length > 0) process.exitCode = 1;
else console.log(`${document.channels().all().length} channels, ${document.operations().all().length} operations`);
