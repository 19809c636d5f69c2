// The page's frame: tabs, theme, and the start of its two views.
import { byId } from './dom.js';
import { startCertify } from './certify.js';
import { startCheck } from './check.js';
import { showRuns } from './runs.js';

const tabs = [...document.querySelectorAll('[role=tab]')];

function select(tab, focus) {
  for (const each of tabs) {
    const chosen = each === tab;
    each.setAttribute('aria-selected', String(chosen));
    each.tabIndex = chosen ? 0 : -1;
    byId(each.getAttribute('aria-controls')).hidden = !chosen;
  }
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

startCertify();
startCheck();
if (location.hash === '#runs') select(byId('tab-runs'), false);
