// A script is told things and answers, each a line of JSON on its input and output. What goes wrong ends it with words.
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export const told = async () => JSON.parse((await lines.next()).value);
export const answer = (value) => console.log(JSON.stringify(value));
