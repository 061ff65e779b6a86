// Reads a configuration as AWS's Amplify libraries do, and writes what they made of it.
import { readFileSync } from "node:fs";
import { parseAmplifyConfig } from "@aws-amplify/core/internals/utils";

console.log(JSON.stringify(parseAmplifyConfig(JSON.parse(readFileSync(0, "utf8")))));
