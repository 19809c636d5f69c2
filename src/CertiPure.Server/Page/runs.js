// The Runs view: the run folders' table and curves, several runs compared.
import { byId, el, count, notice, show } from './dom.js';
import { getJson } from './api.js';
import { Chart, swatch } from './charts.js';

const shownAtFirst = 6;
let chart;
let chosen = null;
let curves;
let latestTable = 0;
let latestDrawing = 0;

export async function showRuns() {
  if (!chart) {
    chart = new Chart(byId('curves'));
    byId('runs-refresh').addEventListener('click', showRuns);
  }
  const turn = ++latestTable;
  let answer;
  try {
    answer = await getJson('v1/runs');
  } catch (error) {
    if (turn === latestTable) notice(byId('runs-error'), error);
    return;
  }
  // A later click's answer may have come first.
  if (turn !== latestTable) return;
  notice(byId('runs-error'), null);
  const { runs, radii, skipped } = answer;
  show(byId('runs-card'), runs.length > 0);
  show(byId('runs-empty'), runs.length === 0);
  byId('runs-empty').firstElementChild.textContent = answer.message ?? '';
  show(byId('runs-skipped'), skipped.length > 0);
  byId('runs-skipped').textContent = `Not shown, being damaged or without labels or certificates: ${skipped.join(', ')}.`;
  if (runs.length === 0) return;
  chosen ??= new Set(runs.slice(0, shownAtFirst).map(run => run.name));
  // The runs may have grown since their curves were read.
  curves = new Map();
  table(runs, radii);
  await drawCurves(runs);
}

function table(runs, radii) {
  const best = radii.map((_, i) => Math.max(...runs.map(run => run.certifiedAccuracy[i])));
  byId('runs-table').replaceChildren(
    el('thead', {}, el('tr', {},
      el('th', { class: 'left', scope: 'col', text: 'Run' }),
      el('th', { class: 'left', scope: 'col', text: 'Purifier' }),
      el('th', { scope: 'col', text: 'σ' }),
      el('th', { scope: 'col', text: 'n' }),
      el('th', { scope: 'col', text: 'Images' }),
      ...radii.map(radius => el('th', { scope: 'col', text: `≥ ${radius}` })),
      el('th', { scope: 'col', text: 'Mean radius' }),
      el('th', { scope: 'col', text: 'Abstained' }))),
    el('tbody', {}, ...runs.map(run => row(run, runs, best))));
}

function row(run, runs, best) {
  const box = el('input', { type: 'checkbox', 'aria-label': `Show the curve of ${run.name}` });
  box.checked = chosen.has(run.name);
  box.addEventListener('change', () => {
    if (box.checked) chosen.add(run.name);
    else chosen.delete(run.name);
    drawCurves(runs);
  });
  return el('tr', {},
    el('th', { class: 'left', scope: 'row' }, el('label', {}, box, swatch(runs.indexOf(run)),
      el('span', {}, run.name, el('small', { text: run.data })))),
    el('td', { class: 'left', text: run.purifier }),
    el('td', { text: run.sigma }),
    el('td', { text: count(run.n) }),
    el('td', { text: run.images === run.planned ? count(run.images) : `${count(run.images)} of ${count(run.planned)}` }),
    ...run.certifiedAccuracy.map((value, i) => el('td', { class: value > 0 && value === best[i] && runs.length > 1 ? 'best' : null, text: percent(value) })),
    el('td', { text: run.averageCertifiedRadius.toFixed(3) }),
    el('td', { text: percent(run.abstentions / Math.max(1, run.images)) }));
}

const percent = value => `${(value * 100).toFixed(1)} %`;

async function drawCurves(runs) {
  const turn = ++latestDrawing;
  const known = curves;
  const shown = runs.filter(run => chosen.has(run.name));
  try {
    await Promise.all(shown.filter(run => !known.has(run.name)).map(async run =>
      known.set(run.name, await getJson(`v1/runs/${run.name.split('/').map(encodeURIComponent).join('/')}`))));
  } catch (error) {
    if (turn === latestDrawing) notice(byId('runs-error'), error);
    return;
  }
  // Another run may have been ticked or unticked meanwhile.
  if (turn !== latestDrawing) return;
  const series = shown.map(run => ({ name: run.name, points: steps(known.get(run.name).curve), style: runs.indexOf(run) }));
  const furthest = Math.max(.25, ...series.map(each => each.points.at(-1)?.[0] ?? 0));
  chart.draw(series, { height: 340, xMax: furthest * 1.02, yMax: 1, yPercent: true, xLabel: 'radius (L2)' });
  byId('curve-summary').textContent = shown
    .map(run => `${run.name}: ${percent(run.certifiedAccuracy[0])} at radius 0`).join('; ');
}

/** Each point's accuracy holds from the radius before it up to its own; beyond the last radius nothing is certified. */
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
