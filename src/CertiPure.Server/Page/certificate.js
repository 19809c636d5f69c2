// The final certificate in plain words, what its distance means, and its download.
import { byId, el, svg, count, pngUrl, radiusText, show } from './dom.js';

/** Shows what a `certificate` event brought: {certificate, className, claim, meaning}. */
export function showCertificate(answer) {
  const { certificate: document_, claim, meaning } = answer;
  const { certificate, experiment } = document_;
  const abstained = certificate.predicted === null;
  const card = byId('certificate');
  card.classList.toggle('abstained', abstained);
  card.replaceChildren(
    el('div', { class: 'verdict' },
      seal(abstained ? '—' : radiusText(certificate.radius), abstained ? 'no answer' : 'L2 distance'),
      el('div', {},
        el('p', { class: 'answer' }, ...answerWords(answer, abstained)),
        el('h2', { class: 'claim', id: 'claim', text: claim }))),
    ...(meaning ? [meaningOf(meaning, document_)] : []),
    facts(certificate, experiment, document_),
    el('div', { class: 'row' },
      el('button', { type: 'button', class: 'primary', id: 'download', text: 'Download certificate',
        click: () => download(document_) })));
  show(card);
  card.focus({ preventScroll: true });
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  card.scrollIntoView({ block: 'nearest', behavior: calm ? 'auto' : 'smooth' });
}

function answerWords({ className }, abstained) {
  return abstained ? ['The classifier abstains.'] : ['The answer is ', el('b', { text: className }), '.'];
}

function seal(number, unit) {
  return svg('svg', { class: 'seal', viewBox: '0 0 120 120', 'aria-hidden': 'true' },
    svg('circle', { class: 'ball', cx: 60, cy: 60, r: 48 }),
    svg('circle', { class: 'ticks', cx: 60, cy: 60, r: 55 }),
    svg('circle', { class: 'ring', cx: 60, cy: 60, r: 48 }),
    svg('text', { class: 'number', x: 60, y: 66, text: number }),
    svg('text', { class: 'unit', x: 60, y: 84, text: unit }));
}

function meaningOf(meaning, document_) {
  return el('section', { class: 'meaning', 'aria-labelledby': 'meaning-title' },
    el('h3', { id: 'meaning-title', text: 'What that distance means' }),
    el('p', { text: meaning.sentence }),
    el('div', { class: 'examples' },
      figure(pictureOf(document_), 'The image', 'The image that was certified'),
      ...meaning.examples.map(example => figure(pngUrl(example.png),
        `${example.caption}: ${radiusText(example.distance)}`, example.caption))));
}

/** The certificate's own pixels, so that nothing else can pass for what was certified. */
function pictureOf({ pixels, experiment }) {
  const [channels, height, width] = experiment.data.shape.split('x').map(Number);
  const bytes = Uint8Array.from(atob(pixels), character => character.charCodeAt(0));
  const canvas = el('canvas', { width, height });
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  const plane = width * height;
  for (let i = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) image.data[4 * i + channel] = bytes[i + (channels === 1 ? 0 : channel * plane)];
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

function figure(source, caption, alt) {
  return el('figure', {}, el('img', { class: 'pixels', src: source, alt }), el('figcaption', { text: caption }));
}

function facts(certificate, experiment, document_) {
  const last = certificate.looks.at(-1);
  const selected = certificate.selection.indexOf(Math.max(...certificate.selection));
  const entries = [
    ['Votes', last ? `${count(last.k ?? last.votes[selected] ?? 0)} of ${count(last.n)}` : 'none'],
    ['Noise', `σ = ${experiment.sigma}`],
    ['Purifier', experiment.purifier.method],
    ['Classifier', experiment.classifier.name],
    ['Wrong with probability', `at most ${experiment.alpha}`],
    ['Seed', `${experiment.seed}${document_.seedChosenBy === 'client' ? ' (chosen by the client)' : ''}`],
    ['Time', `${certificate.seconds.toFixed(1)} s`],
    ['Image SHA-256', el('span', { class: 'hash', title: experiment.data.pixelSha256,
      text: `${experiment.data.pixelSha256.slice(0, 16)}…` })],
  ];
  return el('dl', { class: 'facts' }, ...entries.map(([term, value]) =>
    el('div', {}, el('dt', { text: term }), el('dd', {}, value))));
}

function download(document_) {
  const text = `${JSON.stringify(document_, null, 2)}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const hash = document_.experiment.data.pixelSha256.slice(0, 8);
  el('a', { href: url, download: `certificate-${hash}.json` }).click();
  URL.revokeObjectURL(url);
}
