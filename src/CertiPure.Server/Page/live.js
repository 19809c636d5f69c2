// What happens while the votes come in. What is chosen on the page meanwhile is for the next run.
import { byId, el, count, pngUrl, radiusText, show } from './dom.js';
import { Chart, VoteBars } from './charts.js';

export const drawsShown = 5;
const percent = (share, round) => `${(round(share * 1000) / 10).toFixed(1)} %`;
let radiusChart;

/** run: {classNames, n, sigma, ceiling}, as they are when it starts. */
export class LiveView {
  #run;
  #bars;
  #points = [[0, 0]];
  #started = performance.now();
  #leading = null;

  constructor(run) {
    this.#run = run;
    radiusChart ??= new Chart(byId('radius-chart'));
    this.#bars = new VoteBars(byId('votes'), run.classNames);
    show(byId('empty'), false);
    show(byId('certificate'), false);
    show(byId('runbar'));
    show(byId('live'));
    show(byId('draws-note'), false);
    byId('runbar').classList.add('running');
    byId('progress').value = 0;
    this.#say('Waiting for its turn');
    this.#bars.draw(run.classNames.map(() => 0), null, null);
    this.#drawGap('selection', 0, 1);
    this.#placeholders();
    this.#drawRadius(0);
    const top = byId('results').getBoundingClientRect().top;
    if (top < 0 || top > innerHeight / 2) byId('results').scrollIntoView({ block: 'start' });
  }

  accepted({ queuedDraws }) {
    if (queuedDraws > 0) this.#say(`${count(queuedDraws)} draws of others share the way`);
  }

  progress({ phase, draws, total, votes, leading, runnerUp, lowerBound, upperBound, radius, estimationDraws }) {
    const rate = draws / ((performance.now() - this.#started) / 1000);
    const left = Math.ceil((total - draws) / rate);
    byId('progress').max = total;
    byId('progress').value = draws;
    if (phase === 'selection') this.#say('Selecting the class', `${count(draws)} draws`);
    else this.#say('Counting votes', `${count(draws)} of ${count(total)} draws · ${count(Math.round(rate))} per second · ${left} s left`);
    this.#bars.draw(votes, leading, runnerUp);
    this.#drawGap(phase, lowerBound, upperBound);
    this.#leading = leading;
    this.#colourDraws();
    byId('votes-summary').textContent = votes.map((v, i) => [v, i]).filter(([v]) => v > 0).sort((a, b) => b[0] - a[0])
      .slice(0, 3).map(([v, i]) => `${this.#run.classNames[i]} ${v}`).join(', ');
    if (phase === 'estimation') {
      this.#points.push([estimationDraws, radius]);
      this.#drawRadius(radius);
    }
  }

  /** The bounds of both leading classes from the two ends of one line: what is left between them is what the radius grows with. */
  #drawGap(phase, lower, upper) {
    const known = phase === 'estimation' && lower > upper;
    byId('gap').classList.toggle('known', known);
    byId('gap-other').style.flexGrow = known ? upper : 0;
    byId('gap-between').style.flexGrow = known ? lower - upper : 0;
    byId('gap-first').style.flexGrow = known ? 1 - lower : 1;
    byId('gap-words').textContent = phase === 'selection' ? '' : known
      ? `Leading class at least ${percent(lower, Math.floor)}, every other at most ${percent(upper, Math.ceil)}: the gap gives the distance.`
      : 'No gap yet between the leading class and the others, so no distance.';
  }

  #drawRadius(radius) {
    const { ceiling, sigma, n } = this.#run;
    const highest = Math.max(ceiling ?? 0, ...this.#points.map(point => point[1]), sigma * .5);
    radiusChart.draw([{ name: 'radius', points: this.#points, style: 0 }], {
      xMax: n, yMax: highest * 1.15, xLabel: 'draws', area: true, last: radiusText(radius),
      ceiling: ceiling ? { value: ceiling, text: `at best ${radiusText(ceiling)}` } : null,
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
    byId('draws').replaceChildren(original, ...draws.map((draw, i) => el('div', { 'data-label': draw.label },
      el('figure', {}, el('img', { class: 'pixels', src: pngUrl(draw.noisy), alt: `Draw ${i + 1}, noisy` }),
        el('figcaption', { text: 'noisy' })),
      el('figure', {}, el('img', { class: 'pixels', src: pngUrl(draw.purified), alt: `Draw ${i + 1}, purified` }),
        el('figcaption', { text: draw.className })))));
    this.#colourDraws();
  }

  /** By the leading class of all votes, not of the few that are shown. */
  #colourDraws() {
    for (const draw of byId('draws').querySelectorAll('[data-label]')) {
      draw.classList.toggle('other', this.#leading !== null && Number(draw.dataset.label) !== this.#leading);
    }
  }

  withoutDraws(reason) {
    byId('draws-note').textContent = `No draws can be shown. ${reason}`;
    show(byId('draws-note'));
  }

  /** Ends with the seconds it took. */
  done() {
    const seconds = (performance.now() - this.#started) / 1000;
    byId('progress').value = byId('progress').max;
    this.#end(`Done in ${seconds.toFixed(1)} s`);
    return seconds;
  }

  stopped(words) {
    show(byId('draws-note'), false);
    this.#end(words);
  }

  #end(words) {
    this.#say(words);
    byId('runbar').classList.remove('running');
  }

  /** A change of the words is read out to those who listen; numbers change too fast for that. */
  #say(words, numbers = '') {
    if (byId('status').textContent !== words) byId('status').textContent = words;
    byId('pace').textContent = numbers;
  }
}
