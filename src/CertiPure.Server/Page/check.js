// Checking an uploaded certificate: what it claims, then each check as the service finishes it.
import { byId, el, count, radiusText, show } from './dom.js';
import { getModels, postEvents } from './api.js';
import { factList, pictureOf, when } from './certificate.js';

const marks = { passed: '✓', failed: '✗', unknown: '–' };
const words = { passed: 'passed', failed: 'failed', unknown: 'not decided' };

export function startCheck() {
  byId('check-file').addEventListener('change', event => {
    const file = event.target.files[0];
    event.target.value = '';
    if (file) check(file);
  });
}

async function check(file) {
  const list = el('ul', { class: 'checks' });
  const outcome = el('p', { class: 'outcome', text: `Checking ${file.name} …` });
  // Numbers change too fast to be read out, so they are beside what is.
  const progress = el('progress', { max: 1, value: 0, 'aria-label': 'Draws repeated' });
  const pace = el('p', { class: 'status' });
  byId('check-results').replaceChildren(outcome, list);
  byId('check-progress').replaceChildren(progress, pace);
  const text = await file.text();
  await showClaim(text);
  try {
    const events = postEvents('v1/certificates/verify', text, 'verdict', undefined, { 'Content-Type': 'application/json' });
    for await (const { event, data } of events) {
      if (event === 'progress') {
        progress.max = data.total;
        progress.value = data.draws;
        pace.textContent = `${count(data.draws)} of ${count(data.total)} draws repeated`;
      }
      if (event === 'check') list.append(line(data));
      if (event === 'verdict') {
        outcome.className = `outcome ${data.verdict === 'holds' && !data.sealed ? 'weak' : data.verdict}`;
        outcome.textContent = data.summary;
      }
    }
  } catch (error) {
    outcome.className = 'outcome refused';
    outcome.textContent = error.message;
  } finally {
    progress.remove();
    pace.remove();
  }
}

/** What the file says of itself, before anything of it is checked. A file that says nothing readable is left to the service. */
async function showClaim(text) {
  const place = byId('check-claim');
  show(place, false);
  try {
    const document_ = JSON.parse(text);
    const { experiment, certificate } = document_;
    const models = (await getModels()).models;
    const classNames = models.find(model => model.name === experiment.classifier.name)?.classNames;
    const answer = certificate.predicted === null ? 'none (abstained)'
      : classNames?.[certificate.predicted] ?? `class ${certificate.predicted}`;
    place.replaceChildren(
      el('figure', {}, el('img', { class: 'pixels', src: pictureOf(document_), alt: 'The image of the certificate' })),
      factList([
        ['Claimed answer', answer],
        ['Claimed distance', radiusText(certificate.radius)],
        ['Noise', `σ = ${experiment.sigma}`],
        ['Model', `${experiment.classifier.name}, purifier ${experiment.purifier.method}`],
        ['Issued', when(document_.issuedAt)],
        ['Issued by', document_.seal ? `${document_.software}, key ${document_.seal.keyId}` : `${document_.software}, without a seal`],
      ]));
    show(place);
  } catch {
    place.replaceChildren();
  }
}

function line({ title, outcome, detail }) {
  return el('li', {},
    el('span', { class: `mark ${outcome}`, 'aria-hidden': 'true', text: marks[outcome] }),
    el('span', {}, title, el('span', { class: 'visually-hidden', text: `: ${words[outcome]}. ` }), el('small', { text: detail })));
}
