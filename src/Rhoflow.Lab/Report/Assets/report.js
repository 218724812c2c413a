// Filters of the front page, and live charts in place of the pictures. Everything is readable without this script.
'use strict';

(() => {
  const filters = document.querySelector('.filters');
  if (filters) {
    const rows = [...document.querySelectorAll('.verdicts tbody tr')];
    const chosen = { paper: new Set(), verdict: new Set() };
    const search = filters.querySelector('input');
    const apply = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        const fits = ['paper', 'verdict'].every(k => !chosen[k].size || chosen[k].has(row.dataset[k])) && words.every(w => text.includes(w));
        row.hidden = !fits;
        shown += fits;
      }
      document.querySelector('.none').hidden = shown > 0;
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

  // A figure without width or height: the panel's width is the page's, its height keeps the ratio of the pictures.
  const sized = (panel, width) => {
    let text = JSON.stringify(panel);
    if (darkPage.matches) for (const [light, dark] of Object.entries(darkColours)) text = text.replaceAll(light, dark);
    const spec = JSON.parse(text);
    spec.config.legend.labelLimit = width - 60;
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
