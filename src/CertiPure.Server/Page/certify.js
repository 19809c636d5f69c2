// The Certify view: settings, the live draws, votes and distance, and at the end the certificate.
import { byId, el, count, notice, pngUrl, radios, radiusText, show } from './dom.js';
import { getJson, postEvents, postForm } from './api.js';
import { Chart, VoteBars } from './charts.js';
import { ImagePicker } from './picker.js';
import { showCertificate } from './certificate.js';

const drawsShown = 5;

let service;
let model;
let picker;
let settings;
let radiusChart;
let running = null;

export async function startCertify() {
  radiusChart = new Chart(byId('radius-chart'));
  picker = new ImagePicker(() => notice(byId('page-error'), null));
  byId('certify-form').addEventListener('submit', event => {
    event.preventDefault();
    certify();
  });
  byId('stop').addEventListener('click', () => running?.abort());
  for (const field of ['n', 'alpha']) byId(field).addEventListener('input', () => readMore());
  try {
    service = await getJson('v1/models');
    if (service.models.length === 0) throw new Error('The service has no model; see its documentation.');
  } catch (error) {
    notice(byId('page-error'), error);
    byId('certify').disabled = true;
    return;
  }
  byId('version').textContent = `CertiPure ${service.version}`;
  const { defaults, limits } = service;
  settings = { ...defaults };
  byId('n0').value = defaults.n0;
  byId('alpha').value = defaults.alpha;
  byId('n').max = limits.maxDraws;
  byId('n0').max = limits.maxSelectionDraws;
  byId('alpha').min = limits.minAlpha;
  byId('alpha').max = limits.maxAlpha;
  byId('plan').replaceChildren(...service.plans.map(plan => el('option', { value: plan, text: plan })));
  show(byId('seed-field'), limits.clientSeed);
  const select = byId('model');
  select.replaceChildren(...service.models.map(each => el('option', { value: each.name, text: each.name })));
  select.addEventListener('change', () => useModel(select.value));
  show(byId('model-step'), service.models.length > 1);
  await useModel(service.models[0].name);
}

async function useModel(name) {
  model = service.models.find(each => each.name === name);
  const middle = model.sigmas[Math.floor((model.sigmas.length - 1) / 2)];
  settings.sigma = model.sigmas.includes(settings.sigma) ? settings.sigma : middle;
  radios(byId('sigmas'), 'sigma', model.sigmas.map(sigma => ({ value: sigma, content: [`σ ${sigma}`] })), settings.sigma,
    value => { settings.sigma = value; describeCeiling(); });
  if (!model.purifiers.some(purifier => purifier.name === settings.purifier)) settings.purifier = model.purifiers[0].name;
  radios(byId('purifiers'), 'purifier', model.purifiers.map(purifier => ({
    value: purifier.name, content: [el('b', { text: purifier.title }), el('small', { text: purifier.summary })],
  })), settings.purifier, value => { settings.purifier = value; });
  radios(byId('budgets'), 'budget', service.budgets.map(budget => ({
    value: budget.n, content: [el('span', {}, budget.name, el('small', { text: count(budget.n) }))],
  })), settings.n, value => { byId('n').value = value; readMore(); });
  byId('n').value = settings.n;
  readMore();
  try {
    await picker.useModel(model, service.dataSets.find(set => set.name === model.dataSet));
  } catch (error) {
    notice(byId('page-error'), error);
  }
}

function readMore() {
  settings.n = Number(byId('n').value);
  settings.alpha = Number(byId('alpha').value);
  for (const input of document.querySelectorAll('input[name=budget]')) input.checked = Number(input.value) === settings.n;
  describeCeiling();
}

function ceiling() {
  const budget = service.budgets.find(each => each.n === settings.n);
  return budget && settings.alpha === service.defaults.alpha ? budget.ceiling * settings.sigma : null;
}

function describeCeiling() {
  const best = ceiling();
  byId('ceiling').textContent = !byId('n').validity.valid ? '' : best
    ? `${count(settings.n)} votes can prove a distance of at most ${radiusText(best)} at this noise level.`
    : `${count(settings.n)} votes.`;
}

function form() {
  const data = new FormData();
  if (picker.current.file) data.append('image', picker.current.file, 'image');
  else {
    data.append('dataSet', picker.current.dataSet);
    data.append('imageId', picker.current.id);
  }
  data.append('model', model.name);
  data.append('purifier', settings.purifier);
  data.append('sigma', settings.sigma);
  return data;
}

/** The first number that the service would refuse. */
const refusedNumber = () => ['n', 'n0', 'alpha'].map(id => byId(id)).find(field => !field.validity.valid);

async function certify() {
  if (!picker.current) {
    notice(byId('page-error'), new Error('Choose an image first: drop one, pick a file, or take a test image.'));
    byId('image-file').focus();
    return;
  }
  const refused = refusedNumber();
  if (refused) {
    const kind = refused.step === 'any' ? 'number' : 'whole number';
    notice(byId('page-error'), new Error(
      `${refused.labels[0].textContent.trim()} must be a ${kind} from ${refused.min} to ${refused.max}.`));
    byId('more').open = true;
    // At the field as well, from where the sentence may be out of sight.
    refused.reportValidity();
    return;
  }
  notice(byId('page-error'), null);
  running = new AbortController();
  setBusy(true);
  let live;
  try {
    live = new LiveView();
    const pictures = showPictures(live, running.signal);
    const request = form();
    request.append('n', settings.n);
    request.append('n0', byId('n0').valueAsNumber);
    request.append('alpha', settings.alpha);
    request.append('plan', byId('plan').value);
    if (service.limits.clientSeed && byId('seed').value.trim()) request.append('seed', byId('seed').value.trim());
    for await (const { event, data } of postEvents('v1/certify', request, running.signal)) {
      if (event === 'accepted') live.accepted(data);
      if (event === 'progress') live.progress(data);
      if (event === 'certificate') {
        live.done();
        showCertificate(data);
      }
    }
    await pictures;
  } catch (error) {
    live?.stopped(error.name === 'AbortError' ? 'Stopped.' : 'Not finished.');
    if (error.name !== 'AbortError') notice(byId('page-error'), error);
  } finally {
    running.abort();
    running = null;
    setBusy(false);
  }
}

/** The pictures are an illustration: a certificate is none the worse without them. */
async function showPictures(live, signal) {
  const request = form();
  request.append('draws', drawsShown);
  try {
    live.showDraws(await postForm('v1/purify', request, signal));
  } catch (error) {
    if (error.name !== 'AbortError') notice(byId('page-error'), new Error(`No draws can be shown. ${error.message}`));
  }
}

function setBusy(busy) {
  show(byId('stop'), busy);
  byId('certify').disabled = busy;
  byId('certify').textContent = busy ? 'Certifying …' : 'Certify';
}

/** What happens while the votes come in. What is chosen on the page meanwhile is for the next run. */
class LiveView {
  #classNames = model.classNames;
  #n = settings.n;
  #sigma = settings.sigma;
  #bars = new VoteBars(byId('votes'), model.classNames);
  #points = [[0, 0]];
  #started = performance.now();
  #ceiling = ceiling();

  constructor() {
    show(byId('empty'), false);
    show(byId('certificate'), false);
    show(byId('live'));
    byId('progress').value = 0;
    this.#say('Waiting for its turn');
    this.#bars.draw(this.#classNames.map(() => 0), null);
    this.#placeholders();
    this.#drawRadius(0);
    if (matchMedia('(max-width: 60rem)').matches) byId('live').scrollIntoView({ block: 'start' });
  }

  accepted({ queuedDraws }) {
    if (queuedDraws > 0) this.#say(`${count(queuedDraws)} draws of others share the way`);
  }

  progress({ phase, draws, total, votes, leading, radius, estimationDraws }) {
    const seconds = (performance.now() - this.#started) / 1000;
    const rate = draws / seconds;
    const left = Math.ceil((total - draws) / rate);
    byId('progress').max = total;
    byId('progress').value = draws;
    if (phase === 'selection') this.#say('Selecting the class', `${count(draws)} draws`);
    else this.#say('Counting votes', `${count(draws)} of ${count(total)} draws · ${count(Math.round(rate))} per second · ${left} s left`);
    this.#bars.draw(votes, leading);
    byId('votes-summary').textContent = votes.map((v, i) => [v, i]).filter(([v]) => v > 0).sort((a, b) => b[0] - a[0])
      .slice(0, 3).map(([v, i]) => `${this.#classNames[i]} ${v}`).join(', ');
    if (phase === 'estimation') {
      this.#points.push([estimationDraws, radius]);
      this.#drawRadius(radius);
    }
  }

  #drawRadius(radius) {
    const highest = Math.max(this.#ceiling ?? 0, ...this.#points.map(point => point[1]), this.#sigma * .5);
    radiusChart.draw([{ name: 'radius', points: this.#points, style: 0 }], {
      xMax: this.#n, yMax: highest * 1.15, xLabel: 'draws', area: true, last: radiusText(radius),
      ceiling: this.#ceiling ? { value: this.#ceiling, text: `at best ${radiusText(this.#ceiling)}` } : null,
    });
    byId('radius-summary').textContent = `${radiusText(radius)} after ${count(this.#points.at(-1)[0])} draws. Only the certificate `
      + 'is a proof.';
  }

  #placeholders() {
    const cell = caption => el('figure', {}, el('div', { class: 'pixels placeholder' }), el('figcaption', { text: caption }));
    byId('draws').replaceChildren(
      el('figure', { class: 'original' }, el('img', { class: 'pixels', src: byId('preview').toDataURL(), alt: 'The image' }),
        el('figcaption', { text: 'image' })),
      ...Array.from({ length: drawsShown }, () => el('div', {}, cell('noisy'), cell('purified'))));
  }

  showDraws({ image, draws }) {
    const [original] = byId('draws').children;
    original.querySelector('img').src = pngUrl(image);
    const votes = draws.map(draw => draw.label);
    const winner = votes.toSorted((a, b) => votes.filter(v => v === b).length - votes.filter(v => v === a).length)[0];
    byId('draws').replaceChildren(original, ...draws.map((draw, i) => el('div', { class: draw.label === winner ? null : 'other' },
      el('figure', {}, el('img', { class: 'pixels', src: pngUrl(draw.noisy), alt: `Draw ${i + 1}, noisy` }),
        el('figcaption', { text: 'noisy' })),
      el('figure', {}, el('img', { class: 'pixels', src: pngUrl(draw.purified), alt: `Draw ${i + 1}, purified` }),
        el('figcaption', { text: draw.className })))));
  }

  done() {
    this.#say(`Done in ${((performance.now() - this.#started) / 1000).toFixed(1)} s`);
    byId('progress').value = byId('progress').max;
  }

  stopped(words) {
    this.#say(words);
  }

  /** A change of the words is read out to those who listen; numbers change too fast for that. */
  #say(words, numbers = '') {
    if (byId('status').textContent !== words) byId('status').textContent = words;
    byId('pace').textContent = numbers;
  }
}
