// The page's frame: tabs, theme, and the start of its two views.
import { byId, notice } from './dom.js';
import { getJson, getModels } from './api.js';
import { certificateCard } from './certificate.js';
import { startCertify } from './certify.js';
import { startCheck } from './check.js';
import { startExplanations } from './explain.js';
import { showRuns } from './runs.js';

const tabs = [...document.querySelectorAll('[role=tab]')];

function select(tab, focus) {
  for (const each of tabs) {
    const chosen = each === tab;
    each.setAttribute('aria-selected', String(chosen));
    each.tabIndex = chosen ? 0 : -1;
    byId(each.getAttribute('aria-controls')).hidden = !chosen;
  }
  byId('panel-certificate').hidden = true;
  if (focus) tab.focus();
  const name = tab.id.replace('tab-', '');
  history.replaceState(null, '', name === 'certify' ? location.pathname : `#${name}`);
  document.title = name === 'certify' ? 'CertiPure' : 'Runs · CertiPure';
  if (name === 'runs') showRuns();
}

for (const [index, tab] of tabs.entries()) {
  tab.addEventListener('click', () => select(tab, false));
  tab.addEventListener('keydown', event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const target = step ? tabs[(index + step + tabs.length) % tabs.length]
      : event.key === 'Home' ? tabs[0] : event.key === 'End' ? tabs.at(-1) : null;
    if (target) {
      event.preventDefault();
      select(target, true);
    }
  });
}

const themes = ['auto', 'light', 'dark'];
const themeButton = byId('theme');

function applyTheme(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  byId('theme-word').textContent = `Theme: ${theme}`;
}

let theme = themes.includes(localStorage.getItem('theme')) ? localStorage.getItem('theme') : 'auto';
applyTheme(theme);
themeButton.addEventListener('click', () => {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length];
  localStorage.setItem('theme', theme);
  applyTheme(theme);
});

/** The page of one finished certificate, at #certificate/ID. */
async function showKept(id) {
  for (const tab of tabs) {
    tab.setAttribute('aria-selected', 'false');
    byId(tab.getAttribute('aria-controls')).hidden = true;
  }
  tabs[0].tabIndex = 0;
  byId('panel-certificate').hidden = false;
  document.title = 'Certificate · CertiPure';
  const card = byId('kept');
  card.hidden = true;
  notice(byId('kept-error'), null);
  try {
    const answer = await getJson(`v1/certificates/${encodeURIComponent(id)}`);
    const { models } = await getModels();
    certificateCard(card, answer, {
      classNames: models.find(model => model.name === answer.certificate.experiment.classifier.name)?.classNames,
    });
    card.focus({ preventScroll: true });
  } catch (error) {
    notice(byId('kept-error'), error);
  }
}

/** Shows what the address asks for. */
function route() {
  const [view, id] = location.hash.slice(1).split('/');
  if (view === 'certificate' && id) showKept(id);
  else if (view === 'runs') select(byId('tab-runs'), false);
  else select(byId('tab-certify'), false);
}

startExplanations();
startCertify();
startCheck();
addEventListener('hashchange', route);
if (location.hash) route();
