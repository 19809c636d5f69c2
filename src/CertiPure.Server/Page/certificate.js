// A certificate in plain words: what is proven, what it does not say, what its distance means, and its file.
import { el, svg, count, pngUrl, radiusText, show } from './dom.js';

/**
 * Fills a card with what a `certificate` event brought.
 * options: {link: whether it has a link to its own page, classNames, remedies: [{text, run}] for an abstention}
 */
export function certificateCard(card, answer, options = {}) {
  const { certificate: document_, claim, meaning, standing } = answer;
  const { certificate, experiment } = document_;
  const abstained = certificate.predicted === null;
  const known = answer.trueClassName !== null;
  const wrong = known && !abstained && certificate.predicted !== certificate.label;
  const key = card.id;
  card.classList.toggle('abstained', abstained);
  card.classList.toggle('wrong', wrong);
  card.replaceChildren(
    el('div', { class: 'verdict' },
      seal(abstained ? '—' : radiusText(certificate.radius), abstained ? 'no answer' : 'L2 distance'),
      el('div', {},
        el('p', { class: 'answer' }, ...answerWords(answer, abstained)),
        abstained ? null : truth(answer, known, wrong),
        el('h2', { class: 'claim', id: `${key}-claim`, text: claim }),
        el('p', { class: 'proven', text: answer.bounds }),
        abstained ? null : el('p', { class: 'caution', text: 'Stable does not mean right.' }))),
    ...abstained ? [abstention(certificate, options, key)] : [],
    ...meaning ? [meaningOf(meaning, document_, standing, key)] : [],
    facts(certificate, experiment, document_),
    el('div', { class: 'row screen' },
      el('button', { type: 'button', class: 'primary download', text: 'Download certificate', click: () => download(document_) }),
      el('button', { type: 'button', text: 'Print', click: () => print() }),
      options.link && answer.id ? el('a', { class: 'button', href: `#certificate/${answer.id}`, text: 'Open its page' }) : null));
  card.setAttribute('aria-labelledby', `${key}-claim`);
  show(card);
}

function answerWords({ className }, abstained) {
  return abstained ? ['The classifier abstains.'] : ['The answer is ', el('b', { text: className }), '.'];
}

/** Whether the answer is right, which no certificate says. */
function truth({ trueClassName }, known, wrong) {
  return el('p', { class: `truth ${!known ? 'unknown' : wrong ? 'false' : 'true'}` },
    el('span', { 'aria-hidden': 'true', text: !known ? '?' : wrong ? '✗' : '✓' }),
    !known ? 'Whether it is right is not known here.'
      : wrong ? `Wrong: the data set says ${trueClassName}. It is the wrong answer that is stable.`
        : `Right: the data set says ${trueClassName} too.`);
}

/** Votes per class of the last look, or of the selection draws where there is none; many classes are listed sparsely. */
function votesOf(certificate) {
  const votes = certificate.looks.at(-1)?.votes ?? certificate.selection;
  return Object.entries(votes).map(([label, votes_]) => ({ label: Number(label), votes: votes_ }));
}

function abstention(certificate, { classNames, remedies = [] }, key) {
  const votes = votesOf(certificate).toSorted((a, b) => b.votes - a.votes);
  const total = votes.reduce((sum, each) => sum + each.votes, 0);
  const name = label => classNames?.[label] ?? `class ${label}`;
  const [first, second] = votes;
  return el('section', { class: 'meaning', 'aria-labelledby': `${key}-abstention` },
    el('h3', { id: `${key}-abstention`, text: 'Why there is no answer' }),
    el('p', { text: `Of ${count(total)} votes ${count(first.votes)} are for ${name(first.label)}`
      + `${second?.votes ? ` and ${count(second.votes)} for ${name(second.label)}` : ''}. These votes do not prove an answer within the `
      + 'error probability. More draws help where the first class is a little ahead of the others; less noise or another '
      + 'purifier helps where the noise hides what the image shows.' }),
    remedies.length === 0 ? null : el('div', { class: 'row screen remedies' },
      ...remedies.map(remedy => el('button', { type: 'button', text: remedy.text, click: remedy.run }))));
}

function seal(number, unit) {
  return svg('svg', { class: 'seal', viewBox: '0 0 120 120', 'aria-hidden': 'true' },
    svg('circle', { class: 'ball', cx: 60, cy: 60, r: 48 }),
    svg('circle', { class: 'ticks', cx: 60, cy: 60, r: 55 }),
    svg('circle', { class: 'ring', cx: 60, cy: 60, r: 48 }),
    svg('text', { class: 'number', x: 60, y: 66, text: number }),
    svg('text', { class: 'unit', x: 60, y: 84, text: unit }));
}

function meaningOf(meaning, document_, standing, key) {
  return el('section', { class: 'meaning', 'aria-labelledby': `${key}-meaning` },
    el('h3', { id: `${key}-meaning`, text: 'What that distance means' }),
    el('p', { text: meaning.sentence }),
    el('div', { class: 'examples' },
      figure(pictureOf(document_), 'The image', 'The image that was certified'),
      ...meaning.examples.map(example => figure(pngUrl(example.png),
        `${example.caption}: ${radiusText(example.distance)}, ${example.visibility}`, example.caption))),
    ...standing ? [standingOf(standing, document_.certificate.radius)] : []);
}

/** Where the radius lies among those of the model's own run: a bar per step of radius, this one's dark. */
function standingOf({ run, images, width, counts, below }, radius) {
  const highest = Math.max(...counts);
  const own = Math.min(counts.length - 1, Math.floor(radius / width));
  const words = `Of the ${count(images)} images of the run ${run}, ${Math.round(below * 100)} % have a smaller distance.`;
  return el('figure', { class: 'standing' },
    svg('svg', { viewBox: `0 0 ${counts.length * 12} 48`, role: 'img', 'aria-label': words },
      ...counts.map((value, i) => svg('rect', {
        class: i === own ? 'own' : 'other', x: i * 12 + 1, width: 10, y: 46 - value / highest * 40, height: value / highest * 40 + 2,
      }))),
    el('figcaption', { text: `${words} The dark bar is where this one is, from 0 to ${radiusText(width * counts.length)}.` }));
}

/** The certificate's own pixels, so that nothing else can pass for what was certified. */
export function pictureOf({ pixels, experiment }) {
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
  const selected = certificate.selection.indexOf(Math.max(...certificate.selection));
  const last = certificate.looks.at(-1);
  return factList([
    ['Votes', last ? `${count(last.k ?? last.votes[selected] ?? 0)} of ${count(last.n)}` : 'none'],
    ['Probability of the class', `at least ${certificate.lowerBound.toFixed(4)}`],
    ...certificate.upperBound === undefined ? [] : [['Of every other class', `at most ${certificate.upperBound.toFixed(4)}`]],
    ['Noise', `σ = ${experiment.sigma}`],
    ['Purifier', experiment.purifier.method],
    ['Classifier', experiment.classifier.name],
    ['Guarantee false with chance', `at most ${experiment.alpha}`],
    ['Seed', `${experiment.seed}${document_.seedChosenBy === 'client' ? ' (chosen by the client)' : ''}`],
    ['Time', `${certificate.seconds.toFixed(1)} s`],
    ['Issued', when(document_.issuedAt)],
    ['Image SHA-256', el('span', { class: 'hash', title: experiment.data.pixelSha256,
      text: `${experiment.data.pixelSha256.slice(0, 16)}…` })],
  ]);
}

export const when = time => new Date(time).toISOString().replace('T', ' ').slice(0, 16) + ' UTC';

export function factList(entries) {
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
