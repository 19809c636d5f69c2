// The Runs view: one data set's runs as a table by method, and the curves of the ticked ones.
import { byId, el, count, notice, show, svg } from './dom.js';
import { getJson } from './api.js';
import { Chart, swatch } from './charts.js';
import { load, save } from './session.js';

const shownAtFirst = 6;
let chart;
let answer;
let chosen = null;
let curves;
let sorting = { column: 'sigma', up: true };
let latestTable = 0;
let latestDrawing = 0;

export async function showRuns() {
  if (!chart) {
    chart = new Chart(byId('curves'));
    byId('runs-refresh').addEventListener('click', showRuns);
    byId('runs-data').addEventListener('change', () => {
      save({ runsData: byId('runs-data').value });
      chosen = null;
      draw();
    });
    byId('runs-filter').addEventListener('input', draw);
    byId('curve-at').addEventListener('input', readCurves);
    byId('curves').addEventListener('pointermove', event => {
      const at = chart.valueAt(event.clientX);
      if (at === null) return;
      byId('curve-at').value = at;
      readCurves();
    });
  }
  const turn = ++latestTable;
  let latest;
  try {
    latest = await getJson('v1/runs');
  } catch (error) {
    if (turn === latestTable) notice(byId('runs-error'), error);
    return;
  }
  // A later click's answer may have come first.
  if (turn !== latestTable) return;
  answer = latest;
  notice(byId('runs-error'), null);
  const { runs, skipped } = answer;
  show(byId('runs-card'), runs.length > 0);
  show(byId('runs-empty'), runs.length === 0);
  byId('runs-empty').firstElementChild.textContent = answer.message ?? '';
  show(byId('runs-skipped'), skipped.length > 0);
  byId('runs-skipped').textContent = `Not shown, being damaged or without labels or certificates: ${skipped.join(', ')}.`;
  if (runs.length === 0) return;
  // The runs may have grown since their curves were read.
  curves = new Map();
  const sets = [...new Set(runs.map(run => run.data))];
  const select = byId('runs-data');
  const before = select.value || load().runsData;
  select.replaceChildren(...sets.map(data => el('option', { value: data, text: data })));
  if (sets.includes(before)) select.value = before;
  await draw();
}

const columns = radii => [
  { key: 'name', text: 'Run', left: true, value: run => run.name },
  { key: 'sigma', text: 'σ', value: run => run.sigma },
  { key: 'n', text: 'n', value: run => run.n },
  { key: 'images', text: 'Images', value: run => run.images },
  ...radii.map((radius, i) => ({ key: `r${i}`, text: `≥ ${radius}`, value: run => run.certifiedAccuracy[i] })),
  { key: 'acr', text: 'Mean radius', value: run => run.averageCertifiedRadius },
  { key: 'abstained', text: 'Abstained', value: run => run.abstentions / Math.max(1, run.images) },
];

/** The runs of the chosen data set. Each keeps its colour, whatever the filter. */
const ofDataSet = () => answer.runs.filter(run => run.data === byId('runs-data').value);

async function draw() {
  const all = ofDataSet();
  chosen ??= new Set(all.slice(0, shownAtFirst).map(run => run.name));
  const words = byId('runs-filter').value.toLowerCase().split(/\s+/).filter(Boolean);
  const runs = all.filter(run => words.every(word => `${run.name} ${run.purifier} ${run.classifier} ${run.sigma}`.toLowerCase().includes(word)));
  table(runs, all);
  await drawCurves();
}

function table(runs, all) {
  const head = columns(answer.radii);
  const { value } = head.find(column => column.key === sorting.column) ?? head[0];
  const order = (a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0) * (sorting.up ? 1 : -1);
  const groups = Map.groupBy(runs.toSorted(order), run => run.purifier);
  byId('runs-table').replaceChildren(
    el('thead', {}, el('tr', {}, ...head.map(heading))),
    ...[...groups].map(([method, members]) => el('tbody', {},
      el('tr', { class: 'group' }, el('th', { class: 'left', colspan: head.length, scope: 'rowgroup', text: method })),
      ...members.map(run => row(run, all)))));
}

function heading(column) {
  const isChosen = column.key === sorting.column;
  return el('th', { class: column.left ? 'left' : null, scope: 'col', 'aria-sort': isChosen ? sorting.up ? 'ascending' : 'descending' : null },
    el('button', { type: 'button', class: 'sort', click: () => {
      sorting = { column: column.key, up: isChosen ? !sorting.up : column.left || ['sigma', 'n'].includes(column.key) };
      draw().then(() => document.querySelector(`[data-sort=${column.key}]`).focus());
    }, 'data-sort': column.key }, column.text, el('span', { 'aria-hidden': 'true', text: isChosen ? sorting.up ? ' ↑' : ' ↓' : '' })));
}

function row(run, all) {
  const box = el('input', { type: 'checkbox', 'aria-label': `Show the curve of ${run.name}` });
  box.checked = chosen.has(run.name);
  box.addEventListener('change', () => {
    if (box.checked) chosen.add(run.name);
    else chosen.delete(run.name);
    drawCurves();
  });
  const rivals = all.filter(other => other.comparable === run.comparable);
  const isBest = i => rivals.length > 1 && run.certifiedAccuracy[i] > 0
    && run.certifiedAccuracy[i] === Math.max(...rivals.map(other => other.certifiedAccuracy[i]));
  return el('tr', {},
    el('th', { class: 'left', scope: 'row' }, el('label', {}, box, swatch(all.indexOf(run)),
      el('span', { class: 'name' }, run.name, el('small', { text: premises(run) })))),
    el('td', { text: run.sigma }),
    el('td', { text: count(run.n) }),
    el('td', { text: run.images === run.planned ? count(run.images) : `${count(run.images)} of ${count(run.planned)}` }),
    ...run.certifiedAccuracy.map((value, i) => el('td', { class: isBest(i) ? 'best' : null },
      percent(value), el('small', { text: `${whole(run.intervals[i][0])}–${whole(run.intervals[i][1])}` }))),
    el('td', { text: run.averageCertifiedRadius.toFixed(3) }),
    el('td', { text: percent(run.abstentions / Math.max(1, run.images)) }));
}

/** The classifier, the kind of bound, and what the run's manifest says of its answers without noise and of the seed. */
const premises = run => [
  run.classifier,
  run.bound === 'margin' ? 'margin bound' : 'bound of the top class',
  run.cleanImages ? `right on ${run.cleanImages.right} of ${run.cleanImages.labeled} images without noise` : null,
  run.seedChosenBy ? `seed ${run.seedChosenBy === 'fresh' ? 'drawn at random' : 'chosen by the operator'}` : null,
].filter(Boolean).join(', ');

const percent = value => `${(value * 100).toFixed(1)} %`;
const whole = value => (value * 100).toFixed(0);

async function drawCurves() {
  const turn = ++latestDrawing;
  const known = curves;
  const all = ofDataSet();
  const shown = all.filter(run => chosen.has(run.name));
  try {
    await Promise.all(shown.filter(run => !known.has(run.name)).map(async run =>
      known.set(run.name, await getJson(`v1/runs/${run.name.split('/').map(encodeURIComponent).join('/')}`))));
  } catch (error) {
    if (turn === latestDrawing) notice(byId('runs-error'), error);
    return;
  }
  // Another run may have been ticked or unticked meanwhile.
  if (turn !== latestDrawing) return;
  const series = shown.map(run => ({ name: run.name, points: steps(known.get(run.name).curve), style: all.indexOf(run) }));
  const furthest = Math.max(.25, ...series.map(each => each.points.at(-1)?.[0] ?? 0));
  chart.draw(series, { height: 340, xMax: furthest * 1.02, yMax: 1, yPercent: true, xLabel: 'radius (L2)' });
  byId('curve-at').max = furthest.toFixed(2);
  byId('curve-summary').textContent = shown
    .map(run => `${run.name}: ${percent(run.certifiedAccuracy[0])} at radius 0`).join('; ');
  byId('bounds').replaceChildren(...shown.map(run => histogram(run, known.get(run.name).lowerBounds, all.indexOf(run))));
  readCurves();
}

/** The ticked curves' values at the chosen radius. */
function readCurves() {
  const radius = Number(byId('curve-at').value);
  byId('curve-radius').textContent = radius.toFixed(2);
  chart.mark(radius);
  const all = ofDataSet();
  byId('curve-values').replaceChildren(...all.filter(run => chosen.has(run.name) && curves.has(run.name)).map(run =>
    el('li', {}, swatch(all.indexOf(run)), `${run.name}: `,
      el('b', { text: percent(curves.get(run.name).curve.find(point => point.radius >= radius)?.accuracy ?? 0) }))));
}

/** Images per bar, for lower bounds from 0 to 1; a dashed line at one half. */
function histogram(run, counts, style) {
  const width = 9;
  const highest = Math.max(1, ...counts);
  const last = counts.at(-1);
  const middle = counts.length / 2 * width;
  return el('figure', {},
    svg('svg', { viewBox: `0 0 ${counts.length * width} 60`, role: 'img',
      'aria-label': `${run.name}: ${count(last)} of ${count(run.images)} images have a bound of 0.95 or more` },
      ...counts.map((value, i) => svg('rect', { class: `bar s${style % 6}`, x: i * width + 1, width: width - 2,
        y: 58 - value / highest * 54, height: value / highest * 54 + 2 })),
      svg('line', { class: 'half', x1: middle, x2: middle, y1: 0, y2: 60 })),
    el('figcaption', { text: run.name }));
}

/** Each point's accuracy holds from the radius before it up to its own; past the last radius nothing is certified. */
function steps(curve) {
  const points = [];
  let from = 0;
  for (const { radius, accuracy } of curve) {
    points.push([from, accuracy], [radius, accuracy]);
    from = radius;
  }
  points.push([from, 0]);
  return points;
}
