// Choosing the image: a file, dropped or picked, or one of the data set's test images.
import { byId, el, show, radios } from './dom.js';
import { getBlob } from './api.js';

const sampleCount = 12;

/** Keeps the chosen image. `current` is null, {file} or {dataSet, id}. */
export class ImagePicker {
  current = null;
  #model = null;
  #dataSet = null;
  #onChange;
  #urls = [];
  #choice = 0;

  constructor(onChange) {
    this.#onChange = onChange;
    const drop = byId('drop');
    byId('image-file').addEventListener('change', event => {
      if (event.target.files[0]) this.#takeFile(event.target.files[0]);
      event.target.value = '';
    });
    for (const name of ['dragenter', 'dragover']) {
      drop.addEventListener(name, event => { event.preventDefault(); drop.classList.add('over'); });
    }
    drop.addEventListener('dragleave', () => drop.classList.remove('over'));
    drop.addEventListener('drop', event => {
      event.preventDefault();
      drop.classList.remove('over');
      if (event.dataTransfer.files[0]) this.#takeFile(event.dataTransfer.files[0]);
    });
    byId('shuffle').addEventListener('click', () => this.#showSamples());
  }

  async useModel(model, dataSet) {
    this.#model = model;
    this.#dataSet = dataSet;
    this.#begin();
    const preview = byId('preview');
    preview.width = model.shape.width;
    preview.height = model.shape.height;
    byId('image-name').textContent = 'Drop an image here';
    byId('image-note').textContent = 'or choose a file';
    show(byId('samples'), Boolean(dataSet));
    if (dataSet) await this.#showSamples();
  }

  async #showSamples() {
    const set = this.#dataSet;
    byId('samples-label').textContent = `or from ${set.title}`;
    const ids = new Set();
    while (ids.size < Math.min(sampleCount, set.count)) ids.add(Math.floor(Math.random() * set.count));
    for (const url of this.#urls.splice(0)) URL.revokeObjectURL(url);
    const pictures = await Promise.all([...ids].map(async id => {
      const url = URL.createObjectURL(await getBlob(`v1/datasets/${encodeURIComponent(set.name)}/images/${id}`));
      this.#urls.push(url);
      return { id, url };
    }));
    radios(byId('thumbs'), 'sample', pictures.map(({ id, url }) => ({
      value: id, label: `Test image ${id}`, wrap: false, content: [el('img', { src: url, alt: '', class: 'pixels' })],
    })), null, id => this.#takeSample(id, pictures.find(picture => picture.id === id).url));
  }

  async #takeSample(id, url) {
    const choice = this.#begin();
    const image = await createImageBitmap(await (await fetch(url)).blob());
    if (choice !== this.#choice) return;
    this.#draw(image);
    this.current = { dataSet: this.#dataSet.name, id };
    this.#describe(`Test image ${id}`, `of ${this.#dataSet.title}`);
  }

  async #takeFile(file) {
    const choice = this.#begin();
    const chosen = document.querySelector('input[name=sample]:checked');
    if (chosen) chosen.checked = false;
    let image;
    try {
      // The stored values, as the service reads them, without a colour profile.
      image = await createImageBitmap(file, { colorSpaceConversion: 'none' });
    } catch {
      if (choice !== this.#choice) return;
      // The browser cannot show it; the service has the last word on what an image is.
      this.current = { file };
      byId('preview').getContext('2d').clearRect(0, 0, this.#model.shape.width, this.#model.shape.height);
      this.#describe(file.name, 'no preview');
      return;
    }
    if (choice !== this.#choice) return;
    const { width, height, channels } = this.#model.shape;
    const fits = image.width === width && image.height === height;
    this.#draw(image);
    const note = fits ? `${width} × ${height}` : `resized from ${image.width} × ${image.height} to ${width} × ${height}`;
    // Sent as it is seen, whatever the file holds.
    const seen = await new Promise(done => byId('preview').toBlob(done, 'image/png'));
    if (choice !== this.#choice) return;
    this.current = { file: seen };
    this.#describe(file.name, channels === 1 ? `${note}, grey` : note);
  }

  /** A later choice wins over one that is still being read; until it is drawn, there is none. */
  #begin() {
    this.current = null;
    return ++this.#choice;
  }

  /** Covers the classifier's square with the image: what is seen here is what is certified. */
  #draw(image) {
    const { width, height, channels } = this.#model.shape;
    const context = byId('preview').getContext('2d', { willReadFrequently: true });
    const scale = Math.max(width / image.width, height / image.height);
    context.imageSmoothingQuality = 'high';
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(image, (width - image.width * scale) / 2, (height - image.height * scale) / 2,
      image.width * scale, image.height * scale);
    if (channels === 1) toGrey(context, width, height);
  }

  #describe(name, note) {
    byId('image-name').textContent = name;
    byId('image-note').textContent = note;
    byId('preview').setAttribute('aria-label', `Chosen image: ${name}`);
    this.#onChange();
  }
}

/** The service's own grey (ITU-R BT.601), which leaves grey as it is: so the service finds the values that are seen here. */
function toGrey(context, width, height) {
  const image = context.getImageData(0, 0, width, height);
  const { data } = image;
  for (let i = 0; i < data.length; i += 4) {
    data.fill(Math.floor((299 * data[i] + 587 * data[i + 1] + 114 * data[i + 2] + 500) / 1000), i, i + 3);
  }
  context.putImageData(image, 0, 0);
}
