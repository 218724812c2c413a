// Filters of the front page, and live charts in place of the pictures. Everything is readable without this script.
'use strict';

// Numbers of equations in a text, ranges written out: "eq. 26–28, 30" has 26, 27, 28 and 30.
const equations = text => {
  const found = new Set();
  for (const [, list] of text.matchAll(/\beqs?\.?\s*((?:\d+(?:-\d+)?(?:,\s*| and )?)+)/g)) {
    for (const [, from, to] of list.matchAll(/(\d+)(?:-(\d+))?/g)) {
      for (let n = +from; n <= Math.min(+(to ?? from), +from + 99); n++) found.add(n);
    }
  }
  return found;
};

// What the search field asks of a row: numbers after "eq.", a range of numbers, and words that all occur.
const plain = text => text.toLowerCase().normalize('NFKC').replace(/\u2060/g, '').replace(/[‐-―−]/g, '-');
const texts = new WeakMap();
const matcher = query => {
  let words = plain(query);
  const asked = equations(words);
  words = words.replace(/\beqs?\.?\s*[\d\-, ]+/g, ' ').replace(/(?<!\S)(\d+)-(\d+)(?!\S)/g, (_, from, to) => {
    for (let n = +from; n <= Math.min(+to, +from + 99); n++) asked.add(n);
    return ' ';
  });
  // “Lemma 4” is one word, whose number is not an equation's.
  const named = /\b(lemma|theorem|corollary|proposition|observation|footnote|figure|item) (\d[\d.]*)/g;
  const rest = words.replace(named, '$1\u00a0$2').split(/[^\S\u00a0]+/).filter(word => word && word !== 'eq.');
  return row => {
    if (!texts.has(row)) {
      const text = plain(`${row.textContent} ${row.dataset.words ?? ''}`);
      texts.set(row, { text, numbers: row.dataset.number ? new Set([+row.dataset.number]) : equations(text) });
    }
    const { text, numbers } = texts.get(row);
    // An equation has one number, which one of those asked for must be; a claim may cite them all.
    const own = Boolean(row.dataset.number);
    const all = [...asked];
    return (own ? !all.length || all.some(n => numbers.has(n)) : all.every(n => numbers.has(n)))
      && rest.every(word => word.includes('\u00a0') ? new RegExp(`\\b${word.replace('\u00a0', ' ').replace(/\.$/, '')}(?!\\d)`).test(text)
        : /^\d+$/.test(word) ? numbers.has(+word) || (!own && new RegExp(`\\b${word}\\b`).test(text))
        : /^([ivx]+b?|t\d)$/.test(word) ? new RegExp(`\\b${word}\\b`).test(text) : text.includes(word));
  };
};

// A printed page describes each sign of a formula for screen readers, in megabytes: on paper formulas are pictures.
const formulas = document.getElementsByTagName('math');
addEventListener('beforeprint', () => [...formulas].forEach(f => f.setAttribute('aria-hidden', 'true')));
addEventListener('afterprint', () => [...formulas].forEach(f => f.removeAttribute('aria-hidden')));

(() => {
  const filters = document.querySelector('.filters');
  if (filters) {
    const rows = [...document.querySelectorAll('.verdicts tbody tr, article.equation')];
    const chosen = {};
    for (const { dataset } of filters.querySelectorAll('button')) chosen[dataset.filter] ??= new Set();
    const search = filters.querySelector('input');
    const apply = () => {
      const wanted = matcher(search.value);
      let shown = 0;
      for (const row of rows) {
        const fits = Object.entries(chosen).every(([k, set]) => !set.size || set.has(row.dataset[k])) && wanted(row);
        row.hidden = !fits;
        shown += fits;
      }
      document.querySelector('.none').hidden = shown > 0;
      document.querySelectorAll('.equations').forEach(s => s.hidden = !s.querySelector('article:not([hidden])'));
    };
    filters.hidden = false;
    filters.addEventListener('click', event => {
      const button = event.target.closest('button');
      if (!button) return;
      const set = chosen[button.dataset.filter];
      const on = !set.has(button.dataset.value);
      if (on) set.add(button.dataset.value); else set.delete(button.dataset.value);
      button.setAttribute('aria-pressed', on);
      apply();
    });
    search.addEventListener('input', apply);
  }

  if (!window.vegaEmbed) return;
  const darkPage = matchMedia('(prefers-color-scheme: dark)');
  const darkColours = JSON.parse(document.querySelector('meta[name="rhoflow-dark"]').content);

  // A title in lines of at most that many letters, so that a telephone shows all of it.
  const broken = (title, letters) => {
    if (!title) return title;
    const lines = [''];
    for (const word of [title].flat().join(' ').split(' ')) {
      if (lines.at(-1) && lines.at(-1).length + word.length >= letters) lines.push(word);
      else lines[lines.length - 1] += (lines.at(-1) ? ' ' : '') + word;
    }
    return lines;
  };

  // Indices and exponents in the labels of a chart: ρ_k, W_{k−1}, e^{−ρf}.
  const script = /(?<=(?<![a-z])[A-Za-z]\p{M}*|[\u0370-\u03ff]\p{M}*|[\p{N})‖|∇])([_^])(?:\{([^{}]*)\}|([-−+]?\d+(?:\.\d+)?|[⊥∥∞*+−±]|[\u0370-\u03ff]|[ijkn](?=[a-z][_^])|[a-z]{1,5}(?![a-z_])|[A-Z]{1,5}(?![A-Z_])))/u;
  const setIndices = label => {
    for (const line of label.querySelector('tspan') ? label.querySelectorAll('tspan') : [label]) {
      const parts = line.textContent.split(script);
      if (parts.length < 2) continue;
      line.textContent = parts[0];
      for (let i = 1; i < parts.length; i += 4) {
        const shift = parts[i] === '_' ? 0.3 : -0.5;
        for (const [text, dy, size] of [[parts[i + 1] ?? parts[i + 2], shift, '75%'], [parts[i + 3] || '\u200b', -0.75 * shift, null]]) {
          const part = document.createElementNS('http://www.w3.org/2000/svg', 'tspan');
          part.setAttribute('dy', `${dy}em`);
          if (size) part.setAttribute('font-size', size);
          part.textContent = text;
          line.append(part);
        }
      }
    }
  };

  // A figure without width or height: the panel's width is the page's, its height keeps the ratio of the pictures.
  const sized = (panel, width) => {
    let text = JSON.stringify(panel);
    if (width < 480) text = text.replaceAll('"columns":2', '"columns":1');
    if (darkPage.matches) for (const [light, dark] of Object.entries(darkColours)) text = text.replaceAll(light, dark);
    const spec = JSON.parse(text);
    // What stands beside the axis has less than the whole width.
    spec.config.legend.labelLimit = width - 110;
    spec.title = broken(spec.title, Math.floor((width - 70) / 9));
    return {
      ...spec, width, height: Math.round(Math.max(200, Math.min(width * 0.62, 400))),
      autosize: { type: 'fit-x', contains: 'padding' }, background: 'transparent',
    };
  };

  const draw = async figure => {
    const holder = figure.querySelector('.panels');
    const panels = JSON.parse(figure.querySelector('script').textContent);
    holder.classList.add('live');
    const places = panels.map(() => document.createElement('div'));
    holder.append(...places);
    try {
      await Promise.all(panels.map((panel, i) =>
        window.vegaEmbed(places[i], sized(panel, places[i].clientWidth), { actions: false, renderer: 'svg' })));
      places.forEach(place => place.querySelectorAll('text').forEach(setIndices));
    } catch (error) {
      console.error(error);
      places.forEach(p => p.remove());
      holder.classList.remove('live');
    }
  };

  const figures = [...document.querySelectorAll('figure.chart')];
  const drawn = new Map();
  const watcher = new IntersectionObserver(entries => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting || drawn.has(target)) continue;
      drawn.set(target, target.clientWidth);
      draw(target);
    }
  }, { rootMargin: '600px' });
  figures.forEach(f => watcher.observe(f));

  let timer;
  const again = force => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const [figure, width] of drawn) {
        if (!force && figure.clientWidth === width) continue;
        drawn.set(figure, figure.clientWidth);
        figure.querySelectorAll('.panels > div').forEach(place => place.remove());
        draw(figure);
      }
    }, 150);
  };
  addEventListener('resize', () => again(false));
  darkPage.addEventListener('change', () => again(true));
})();
