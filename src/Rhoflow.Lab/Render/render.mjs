// Renders Vega-Lite specifications to SVG files, or to PNG where a file's name ends so, all of one batch in one process because starting up costs more than drawing.
// Standard input: {"jobs": [{"specification": {…}, "file": "…/figure-05.svg", "stamp": "…"}, …], "dark": {"#light": "#dark", …}}.
// Standard output: one line a job, {"file": …, "error": null | "why"}. The stamp becomes the file's first line.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as vegaLite from 'vega-lite';
import * as vega from 'vega';

const { jobs, dark } = JSON.parse(readFileSync(0, 'utf8'));

// One file for light and dark pages: the theme's few colours are exchanged where the reader's system is dark.
const swaps = Object.entries(dark).flatMap(([from, to]) =>
  [`[fill="${from}"]{fill:${to}}`, `[stroke="${from}"]{stroke:${to}}`]);
const style = `<style>@media (prefers-color-scheme: dark){${swaps.join('')}}</style>`;

const quiet = { level: () => quiet, error: message => { throw new Error(message); }, warn: () => quiet, info: () => quiet, debug: () => quiet };

// What Vega writes at a solid line among dashed ones. A printer draws it dash by dash, each a path of its own: megabytes.
const solid = ' stroke-dasharray="1,0"';

// Indices and exponents in labels, as the texts write them: ρ_k, W_{k−1}, e^{−ρf}.
const script = /(?<=(?<![a-z])[A-Za-z]\p{M}*|[\u0370-\u03ff]\p{M}*|[\p{N})‖|∇])(?<sign>[_^])(?:\{(?<group>[^{}<>]*)\}|\((?<brackets>[^()<>]*)\)|(?<bare>[-−+]?\d+(?:\.\d+)?|[⊥∥∞*+−±]|[\u0370-\u03ff]|[ijkn](?=[a-z][_^])|[a-z]{1,5}(?![a-z_])|[A-Z]{1,5}(?![A-Z_])))/gu;
const withIndices = svg => svg.replace(/(?<=>)[^<>]*[_^][^<>]*(?=<\/)/g, label => label.replace(script, (whole, ...rest) => {
  const { sign, group, brackets, bare } = rest.at(-1);
  if (sign === '_' && brackets !== undefined) return whole;
  const shift = sign === '_' ? 0.3 : -0.5;
  return `<tspan dy="${shift}em" font-size="75%">${group ?? brackets ?? bare}</tspan><tspan dy="${-0.75 * shift}em">\u200b</tspan>`;
}));

// PNG at twice the size, with a font that comes with the renderer: what a machine has installed is not asked.
const toPng = async svg => {
  const { Resvg } = await import('@resvg/resvg-js');
  const fonts = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map(f => fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${f}`)));
  const font = { loadSystemFonts: false, fontFiles: fonts, defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' };
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: 2 }, font }).render().asPng();
};

for (const { specification, file, stamp } of jobs) {
  let error = null;
  try {
    const { spec } = vegaLite.compile(specification, { logger: quiet });
    const view = new vega.View(vega.parse(spec), { renderer: 'none', logger: quiet });
    const svg = withIndices((await view.toSVG()).replaceAll(solid, ''));
    view.finalize();
    const temporary = `${file}.${process.pid}.tmp`;
    writeFileSync(temporary, file.endsWith('.png') ? await toPng(svg)
      : `<!-- ${stamp} -->\n${svg.replace(/^(<svg[^>]*>)/, `$1${style}`)}\n`);
    renameSync(temporary, file);
  } catch (e) {
    error = String(e.message ?? e);
  }
  console.log(JSON.stringify({ file, error }));
}
