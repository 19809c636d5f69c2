// Charts as plain SVG, drawn at the size they are shown so that text keeps its size on a phone.
import { el, svg, count } from './dom.js';

const margin = { top: 14, right: 18, bottom: 38, left: 44 };

/** Round steps of 1, 2 or 5 that give about `wanted` ticks. */
function ticks(max, wanted) {
  const rough = max / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find(factor => power * factor >= rough);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const values = [];
  for (let value = 0; value <= max * 1.0001; value += step) values.push({ value, text: value.toFixed(digits) });
  return values;
}

/**
 * Draws curves into a container and draws them again when its width changes.
 * options: {height, xMax, yMax, xLabel, yLabel, yPercent, ceiling, area, last}
 * series: [{name, points: [[x, y], ...], style}], style being a number that stands for a colour and a dash.
 */
export class Chart {
  #container;
  #latest = null;
  #marked = null;

  constructor(container) {
    this.#container = container;
    new ResizeObserver(() => this.#latest && this.#render()).observe(container);
  }

  draw(series, options) {
    this.#latest = { series, options };
    this.#render();
  }

  /** The value on the horizontal axis below a place on the screen; null where there is none. */
  valueAt(clientX) {
    const { left, width } = this.#container.getBoundingClientRect();
    const inner = width - margin.left - margin.right;
    const share = (clientX - left - margin.left) / inner;
    return this.#latest && share >= 0 && share <= 1 ? share * this.#latest.options.xMax : null;
  }

  /** Draws a vertical line at a value. */
  mark(value) {
    this.#marked = value;
    this.#placeMark();
  }

  #placeMark() {
    const root = this.#container.querySelector('svg');
    if (!root || this.#marked === null) return;
    root.querySelector('.mark')?.remove();
    const { options } = this.#latest;
    const at = margin.left + this.#marked / options.xMax * (this.#container.clientWidth - margin.left - margin.right);
    root.append(svg('line', { class: 'mark', x1: at, x2: at, y1: margin.top, y2: (options.height ?? 230) - margin.bottom }));
  }

  #render() {
    const { series, options } = this.#latest;
    const width = this.#container.clientWidth;
    if (width === 0) return;
    const height = options.height ?? 230;
    const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
    const x = value => margin.left + value / options.xMax * inner.width;
    const y = value => margin.top + inner.height - value / options.yMax * inner.height;
    const root = svg('svg', { viewBox: `0 0 ${width} ${height}`, height, 'aria-hidden': 'true', focusable: 'false' });
    this.#axes(root, options, inner, x, y, width, height);
    if (options.ceiling) {
      const at = y(options.ceiling.value);
      root.append(
        svg('line', { class: 'ceiling', x1: margin.left, x2: width - margin.right, y1: at, y2: at }),
        svg('text', { x: margin.left + 2, y: at - 6, text: options.ceiling.text }));
    }
    for (const { points, style } of series) {
      if (points.length === 0) continue;
      const path = points.map(([px, py], i) => `${i ? 'L' : 'M'}${x(px).toFixed(1)} ${y(py).toFixed(1)}`).join('');
      if (options.area) {
        root.append(svg('path', { class: 'area', d: `${path}L${x(points.at(-1)[0])} ${y(0)}L${x(points[0][0])} ${y(0)}Z` }));
      }
      const curve = svg('path', { class: `curve ${colour(style)}`, d: path });
      // Colour alone must not tell curves apart.
      if (series.length > 1) curve.setAttribute('stroke-dasharray', dash(style));
      curve.style.fill = 'none';
      root.append(curve);
      if (options.last) {
        const [px, py] = points.at(-1);
        const right = x(px) > width - 80;
        // Below the point, unless the numbers of the axis are there.
        const below = y(py) + 26 < y(0);
        root.append(
          svg('circle', { class: `dot ${colour(style)}`, cx: x(px), cy: y(py), r: 5 }),
          svg('text', { class: 'value', x: x(px) + (right ? -10 : 10), y: y(py) + (below ? 20 : -10),
            'text-anchor': right ? 'end' : 'start', text: options.last }));
      }
    }
    this.#container.replaceChildren(root);
    this.#placeMark();
  }

  #axes(root, options, inner, x, y, width, height) {
    for (const { value, text } of ticks(options.yMax, inner.height > 220 ? 5 : 4)) {
      root.append(
        svg('line', { class: value === 0 ? 'axis' : 'grid', x1: margin.left, x2: width - margin.right, y1: y(value), y2: y(value) }),
        svg('text', { x: margin.left - 8, y: y(value) + 4, 'text-anchor': 'end',
          text: options.yPercent ? `${Math.round(value * 100)} %` : text }));
    }
    for (const { value, text } of ticks(options.xMax, width < 420 ? 3 : 6)) {
      root.append(svg('text', { x: x(value), y: height - margin.bottom + 18, 'text-anchor': 'middle',
        text: value >= 1000 ? count(value) : text }));
    }
    root.append(svg('text', { x: margin.left + inner.width / 2, y: height - 4, 'text-anchor': 'middle', text: options.xLabel }));
  }
}

const colours = 6;
const dashes = ['none', '8 4', '2 4', '10 4 2 4', '5 3', '12 3'];
const colour = style => `s${style % colours}`;
// Each time around the colours the dashes move on by one, so that no two of the first 36 are alike.
const dash = style => dashes[(style + Math.floor(style / colours)) % dashes.length];

/** The legend's sample of a curve. */
export function swatch(style) {
  return svg('svg', { class: 'swatch', viewBox: '0 0 26 12', 'aria-hidden': 'true' },
    svg('line', { class: colour(style), 'stroke-dasharray': dash(style), x1: 0, y1: 6, x2: 26, y2: 6 }));
}

/** Bars of votes per class: the ten best when there are many classes. Kept in place so that they grow instead of blinking. */
export class VoteBars {
  #container;
  #rows = [];

  constructor(container, classNames) {
    this.#container = container;
    this.names = classNames;
    container.replaceChildren();
  }

  draw(votes, leading, runnerUp) {
    const total = Math.max(1, votes.reduce((sum, v) => sum + v, 0));
    const shown = votes.length <= 12
      ? votes.map((_, i) => i)
      : votes.map((_, i) => i).sort((a, b) => votes[b] - votes[a] || a - b).slice(0, 10);
    while (this.#rows.length < shown.length) {
      const name = el('span', { class: 'name' });
      const fill = el('span', { class: 'fill' });
      const number = el('span', { class: 'count' });
      const row = el('div', { class: 'vote' }, name, el('span', { class: 'bar' }, fill), number);
      this.#rows.push({ row, name, fill, number });
      this.#container.append(row);
    }
    shown.forEach((label, i) => {
      const { row, name, fill, number } = this.#rows[i];
      name.textContent = this.names[label] ?? `Class ${label}`;
      fill.style.transform = `scaleX(${votes[label] / total})`;
      number.textContent = count(votes[label]);
      row.classList.toggle('leading', label === leading);
      row.classList.toggle('runner-up', label === runnerUp && votes[label] > 0);
    });
  }
}
