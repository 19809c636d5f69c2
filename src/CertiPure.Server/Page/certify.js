// The Certify view: the settings, and what is sent and shown when they are submitted.
import { byId, el, count, notice, radios, radiusText, seconds, show } from './dom.js';
import { getJson, getModels, postEvents, postForm } from './api.js';
import { ImagePicker } from './picker.js';
import { LiveView, drawsShown } from './live.js';
import { certificateCard } from './certificate.js';
import { load, save } from './session.js';

let service;
let model;
let picker;
let settings;
let running = null;

export async function startCertify() {
  picker = new ImagePicker(() => {
    notice(byId('page-error'), null);
    save({ image: picker.kept });
  });
  byId('certify-form').addEventListener('submit', event => {
    event.preventDefault();
    certify();
  });
  // The form ends where the screen does, however far the page is scrolled.
  const bench = document.querySelector('.bench');
  const fit = () => bench.style.setProperty('--bench-top', `${bench.getBoundingClientRect().top}px`);
  for (const name of ['scroll', 'resize']) addEventListener(name, fit, { passive: true });
  fit();
  byId('stop').addEventListener('click', () => running?.abort());
  byId('certify-form').addEventListener('change', keep);
  for (const field of ['n', 'alpha']) byId(field).addEventListener('input', () => readMore());
  try {
    service = await getModels();
    if (service.models.length === 0) throw new Error('The service has no model; see its documentation.');
  } catch (error) {
    notice(byId('page-error'), error);
    byId('certify').disabled = true;
    return;
  }
  byId('version').textContent = `CertiPure ${service.version}`;
  const { defaults, limits } = service;
  const kept = load();
  settings = { ...defaults, ...kept.settings };
  byId('n0').value = settings.n0;
  byId('alpha').value = settings.alpha;
  byId('n').max = limits.maxDraws;
  byId('n0').max = limits.maxSelectionDraws;
  byId('alpha').min = limits.minAlpha;
  byId('alpha').max = limits.maxAlpha;
  byId('plan').replaceChildren(...service.plans.map(plan => el('option', { value: plan, text: plan })));
  if (service.plans.includes(settings.plan)) byId('plan').value = settings.plan;
  show(byId('seed-field'), limits.clientSeed);
  const select = byId('model');
  select.replaceChildren(...service.models.map(each => el('option', { value: each.name, text: each.name })));
  select.addEventListener('change', () => useModel(select.value));
  show(byId('model-step'), service.models.length > 1);
  if (service.models.some(each => each.name === kept.model)) select.value = kept.model;
  if (kept.certificate) showAgain(kept.certificate);
  await useModel(select.value, kept.image);
}

/** The last certificate, after a reload; it may no longer be kept. */
async function showAgain(id) {
  try {
    const answer = await getJson(`v1/certificates/${id}`);
    if (running) return;
    show(byId('empty'), false);
    showCertificate(answer);
  } catch {
    save({ certificate: null });
  }
}

function keep() {
  if (!model) return;
  save({ model: model.name, settings: { ...settings, n0: byId('n0').valueAsNumber, plan: byId('plan').value } });
}

async function useModel(name, kept = null) {
  model = service.models.find(each => each.name === name);
  const middle = model.sigmas[Math.floor((model.sigmas.length - 1) / 2)];
  settings.sigma = model.sigmas.includes(settings.sigma) ? settings.sigma : middle;
  radios(byId('sigmas'), 'sigma', model.sigmas.map(sigma => ({ value: sigma, content: [`σ ${sigma}`] })), settings.sigma,
    value => { settings.sigma = value; describeCeiling(); });
  if (!model.purifiers.some(purifier => purifier.name === settings.purifier)) settings.purifier = model.purifiers[0].name;
  radios(byId('purifiers'), 'purifier', model.purifiers.map(purifier => ({
    value: purifier.name, content: [el('b', { text: purifier.title }), el('small', { text: purifier.summary })],
  })), settings.purifier, value => { settings.purifier = value; describeBudgets(); });
  radios(byId('budgets'), 'budget', service.budgets.map(budget => ({
    value: budget.n,
    content: [el('span', {}, budget.name, el('small', { text: count(budget.n) }), el('small', { class: 'cost', 'data-n': budget.n }))],
  })), settings.n, value => { byId('n').value = value; readMore(); });
  byId('n').value = settings.n;
  readMore();
  try {
    await picker.useModel(model, service.dataSets.find(set => set.name === model.dataSet), kept);
  } catch (error) {
    notice(byId('page-error'), error);
  }
}

function readMore() {
  settings.n = Number(byId('n').value);
  settings.alpha = Number(byId('alpha').value);
  for (const input of document.querySelectorAll('input[name=budget]')) input.checked = Number(input.value) === settings.n;
  describeBudgets();
}

/** Draws per second: as measured in this tab, or by the service at its start; null while neither is known. */
function pace() {
  return load().pace?.[`${model.name} ${settings.purifier}`]
    ?? model.purifiers.find(purifier => purifier.name === settings.purifier)?.drawsPerSecond ?? null;
}

function describeBudgets() {
  const rate = pace();
  for (const cost of document.querySelectorAll('.cost')) {
    cost.textContent = rate ? `about ${seconds((Number(cost.dataset.n) + byId('n0').valueAsNumber) / rate)}` : '';
  }
  describeCeiling();
}

function ceiling() {
  const budget = service.budgets.find(each => each.n === settings.n);
  return budget && settings.alpha === service.defaults.alpha ? budget.ceiling * settings.sigma : null;
}

function describeCeiling() {
  const best = ceiling();
  const rate = pace();
  const time = rate ? `, in about ${seconds((settings.n + byId('n0').valueAsNumber) / rate)} on this machine` : '';
  byId('ceiling').textContent = !byId('n').validity.valid ? '' : best
    ? `${count(settings.n)} votes can prove a distance of at most ${radiusText(best)} at this noise level${time}.`
    : `${count(settings.n)} votes${time}.`;
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
    live = new LiveView({ classNames: model.classNames, n: settings.n, sigma: settings.sigma, ceiling: ceiling() });
    const measured = `${model.name} ${settings.purifier}`;
    const total = settings.n + byId('n0').valueAsNumber;
    const pictures = showPictures(live, running.signal);
    const request = form();
    request.append('n', settings.n);
    request.append('n0', byId('n0').valueAsNumber);
    request.append('alpha', settings.alpha);
    request.append('plan', byId('plan').value);
    if (service.limits.clientSeed && byId('seed').value.trim()) request.append('seed', byId('seed').value.trim());
    for await (const { event, data } of postEvents('v1/certify', request, 'certificate', running.signal)) {
      if (event === 'accepted') live.accepted(data);
      if (event === 'progress') live.progress(data);
      if (event === 'certificate') {
        const took = live.done();
        save({ certificate: data.id, pace: { ...load().pace, [measured]: total / took } });
        describeBudgets();
        showCertificate(data);
        showToReader();
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
    // The certification's own error, if it has one, says more.
    if (error.name !== 'AbortError' && !signal.aborted) live.withoutDraws(error.message);
  }
}

function setBusy(busy) {
  show(byId('stop'), busy);
  byId('certify').disabled = busy;
  byId('certify').textContent = busy ? 'Certifying …' : 'Certify';
}

function showCertificate(answer) {
  certificateCard(byId('certificate'), answer, {
    link: true,
    classNames: service.models.find(each => each.name === answer.certificate.experiment.classifier.name)?.classNames,
    remedies: answer.certificate.certificate.predicted === null ? remedies(answer.certificate.experiment) : [],
  });
}

/** After a run the certificate is what the reader waits for; after a reload it is not. */
function showToReader() {
  const card = byId('certificate');
  card.focus({ preventScroll: true });
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  card.scrollIntoView({ block: 'start', behavior: calm ? 'auto' : 'smooth' });
}

/** What may turn an abstention into an answer, each as a button that tries it. */
function remedies(experiment) {
  const more = 10 * experiment.n;
  const less = model?.sigmas.filter(sigma => sigma < experiment.sigma).at(-1);
  const others = (model?.purifiers ?? []).filter(purifier => purifier.name !== settings.purifier && purifier.name !== 'none');
  return [
    ...more <= service.limits.maxDraws ? [{ text: `Try ${count(more)} draws`, run: () => { byId('n').value = more; readMore(); } }] : [],
    ...less ? [{ text: `Try less noise, σ ${less}`, run: () => check('sigma', less) }] : [],
    ...others.length ? [{ text: `Try ${others[0].title}`, run: () => check('purifier', others[0].name) }] : [],
  ].map(({ text, run }) => ({ text, run: () => { run(); keep(); certify(); } }));
}

function check(name, value) {
  const radio = [...document.querySelectorAll(`input[name=${name}]`)].find(each => each.value === String(value));
  radio.checked = true;
  radio.dispatchEvent(new Event('change', { bubbles: true }));
}
