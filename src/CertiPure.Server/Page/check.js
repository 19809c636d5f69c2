// Checking an uploaded certificate: each check appears as the service finishes it.
import { byId, el, count } from './dom.js';
import { postEvents } from './api.js';

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
  // Numbers change too fast to be read out, so they stand beside what is.
  const progress = el('progress', { max: 1, value: 0, 'aria-label': 'Draws repeated' });
  const pace = el('p', { class: 'status' });
  byId('check-results').replaceChildren(outcome, list);
  byId('check-progress').replaceChildren(progress, pace);
  try {
    const events = postEvents('v1/certificates/verify', await file.text(), undefined, { 'Content-Type': 'application/json' });
    for await (const { event, data } of events) {
      if (event === 'progress') {
        progress.max = data.total;
        progress.value = data.draws;
        pace.textContent = `${count(data.draws)} of ${count(data.total)} draws repeated`;
      }
      if (event === 'check') list.append(line(data));
      if (event === 'verdict') {
        outcome.className = `outcome ${data.valid ? 'valid' : data.verdict}`;
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

function line({ title, outcome, detail }) {
  return el('li', {},
    el('span', { class: `mark ${outcome}`, 'aria-hidden': 'true', text: marks[outcome] }),
    el('span', {}, title, el('span', { class: 'visually-hidden', text: `: ${words[outcome]}. ` }), el('small', { text: detail })));
}
