// Elements without markup strings: nothing from the network is ever parsed as HTML.

export const byId = id => document.getElementById(id);

/** Makes an element; props are attributes, except `text` and functions, which become listeners. */
export function el(name, props = {}, ...children) {
  return fill(document.createElement(name), props, children);
}

/** Makes an SVG element. */
export function svg(name, props = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), props, children);
}

function fill(node, props, children) {
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === 'text') node.textContent = value;
    else if (typeof value === 'function') node.addEventListener(key, value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}

/** A group of radio buttons; each choice is {value, content: Node[]}. Native radios bring the keyboard with them. */
export function radios(container, name, choices, chosen, onChange) {
  container.replaceChildren(...choices.map(choice => {
    const input = el('input', { type: 'radio', name, value: choice.value, 'aria-label': choice.label });
    input.checked = String(choice.value) === String(chosen);
    input.addEventListener('change', () => onChange(choice.value));
    return el('label', {}, input, choice.wrap === false ? choice.content[0] : el('span', {}, ...choice.content));
  }));
}

export const pngUrl = base64 => `data:image/png;base64,${base64}`;

export const count = value => value.toLocaleString('en');

/** A radius as people read it, never rounded up: a proof holds for less, not for more. */
export const radiusText = value => (Math.floor(value * 1000) / 1000).toFixed(3).replace(/0$/, '');

/** A time as people say it, rounded up. */
export const seconds = value => value < 90 ? `${Math.max(1, Math.ceil(value))} s` : `${Math.ceil(value / 60)} min`;

export function show(node, visible = true) {
  node.hidden = !visible;
}

export function notice(node, error) {
  node.textContent = error ? error.message : '';
  node.hidden = !error;
}
