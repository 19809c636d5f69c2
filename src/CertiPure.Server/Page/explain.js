// Short explanations beside their terms: open on focus and on tap, closed by Esc or by leaving.
import { byId } from './dom.js';

export function startExplanations() {
  for (const button of document.querySelectorAll('.what')) {
    const text = byId(button.getAttribute('aria-controls'));
    let wasOpen = false;
    const open = visible => {
      text.hidden = !visible;
      button.setAttribute('aria-expanded', String(visible));
    };
    // A tap focuses the button first; only the state before it tells what the tap is for.
    button.addEventListener('pointerdown', () => { wasOpen = !text.hidden; });
    button.addEventListener('focus', () => open(true));
    button.addEventListener('blur', () => open(false));
    button.addEventListener('click', event => open(event.detail === 0 ? text.hidden : !wasOpen));
    button.addEventListener('keydown', event => { if (event.key === 'Escape') open(false); });
  }
}
