// Sets TeX as MathML, all formulas of a report in one process.
// Standard input: [{"tex": "…", "display": true}, …]. Standard output: one line a formula, {"mathml": "…" | null, "error": null | "why"}.
import { readFileSync } from 'node:fs';
import temml from 'temml';

const lines = JSON.parse(readFileSync(0, 'utf8')).map(({ tex, display }) => {
  try {
    return { mathml: temml.renderToString(tex, { displayMode: display, throwOnError: true }), error: null };
  } catch (e) {
    return { mathml: null, error: String(e.message ?? e) };
  }
});
process.stdout.write(lines.map(line => JSON.stringify(line) + '\n').join(''));
