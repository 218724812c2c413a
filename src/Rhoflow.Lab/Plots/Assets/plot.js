// Draws the figures of a page: panels by the page's width and colours, with one legend that switches series off in all of them.
'use strict';

(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const darkColours = JSON.parse(document.querySelector('meta[name="rhoflow-dark"]').content);
  const recoloured = text => {
    if (dark.matches) for (const [light, other] of Object.entries(darkColours)) text = text.replaceAll(light, other);
    return text;
  };

  // A finger that is drawn over a picture scrolls the page.
  const coarse = matchMedia('(pointer: coarse)').matches;

  const sized = (panel, width) => {
    const spec = JSON.parse(recoloured(JSON.stringify(panel)));
    if (coarse) for (const layer of spec.layer) delete layer.params;
    return {
      ...spec, width, height: Math.round(Math.max(220, Math.min(width * 0.6, 440))),
      autosize: { type: 'fit-x', contains: 'padding' }, background: 'transparent', padding: 4,
    };
  };

  const plots = [...document.querySelectorAll('.plot')].map(section => {
    const { panels, legend, name } = JSON.parse(section.querySelector('script').textContent);
    const off = new Set();
    let views = [];
    const bar = section.querySelector('.legend');
    const apply = () => views.forEach(v => v.signal('off', [...off]).runAsync());
    const buttons = legend.map(entry => {
      const button = document.createElement('button');
      button.type = 'button';
      button.setAttribute('aria-pressed', 'true');
      button.innerHTML = '<svg viewBox="0 0 30 10" aria-hidden="true"></svg><span></span>';
      button.lastChild.textContent = entry.name;
      button.addEventListener('click', event => {
        const only = event.shiftKey || event.altKey;
        if (only) legend.forEach(e => (e === entry ? off.delete(e.name) : off.add(e.name)));
        else if (off.has(entry.name)) off.delete(entry.name);
        else off.add(entry.name);
        // The last one that is switched off brings all back.
        if (off.size === legend.length) off.clear();
        buttons.forEach((b, i) => b.setAttribute('aria-pressed', String(!off.has(legend[i].name))));
        apply();
      });
      return button;
    });
    if (legend.length > 1) bar.append(...buttons);

    const draw = async () => {
      buttons.forEach((b, i) => {
        const colour = recoloured(legend[i].colour);
        b.firstChild.innerHTML = legend[i].dots ? `<circle cx="15" cy="5" r="4" fill="${colour}"/>`
          : `<path d="M1 5H29" stroke="${colour}" stroke-width="3"${legend[i].dashed ? ' stroke-dasharray="6 4"' : ''}/>`;
      });
      const holder = section.querySelector('.panels');
      views.forEach(v => v.finalize());
      holder.replaceChildren(...panels.map(() => document.createElement('div')));
      const places = [...holder.children];
      const results = await Promise.all(panels.map((panel, i) => vegaEmbed(places[i], sized(panel, places[i].clientWidth - 4), {
        actions: { export: true, source: false, compiled: false, editor: false }, downloadFileName: name, renderer: 'svg',
        tooltip: { theme: dark.matches ? 'dark' : 'light' },
      })));
      views = results.map(r => r.view);
      if (off.size) apply();
    };
    draw().catch(error => {
      console.error(error);
      section.querySelector('.panels').textContent = `This figure could not be drawn: ${error.message}`;
    });
    return draw;
  });

  let timer, width = innerWidth;
  addEventListener('resize', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (innerWidth === width) return;
      width = innerWidth;
      plots.forEach(draw => draw());
    }, 150);
  });
  dark.addEventListener('change', () => plots.forEach(draw => draw()));

  // Tables are sorted by the head that is clicked: numbers by value, words by letters, empty cells last.
  for (const table of document.querySelectorAll('table.runs')) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, c) => head.querySelector('button')?.addEventListener('click', () => {
      const up = head.getAttribute('aria-sort') !== 'ascending';
      heads.forEach(h => h.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      const value = row => row.cells[c].dataset.v ?? row.cells[c].textContent;
      const order = (a, b) => {
        const [x, y] = [value(a), value(b)];
        if (!x || !y) return !x - !y;
        const [m, n] = [Number(x), Number(y)];
        return (up ? 1 : -1) * (Number.isNaN(m) || Number.isNaN(n) ? x.localeCompare(y) : m - n);
      };
      table.tBodies[0].append(...[...table.tBodies[0].rows].sort(order));
    }));
  }
})();
