// Choosing the image: a file, dropped or picked and cropped, or one of the data set's test images.
import { byId, el, show, radios } from './dom.js';
import { getBlob } from './api.js';
import { Crop } from './crop.js';

const sampleCount = 12;

/** Keeps the chosen image. `current` is null, {file} or {dataSet, id}; `kept` is what restores it after a reload. */
export class ImagePicker {
  current = null;
  kept = null;
  #model = null;
  #dataSet = null;
  #onChange;
  #urls = [];
  #choice = 0;
  #crop = new Crop();

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
    byId('shuffle').addEventListener('click', () => this.#showSamples([]));
  }

  /** Shows what a model takes, and the image of before a reload where it is one for this model. */
  async useModel(model, dataSet, kept) {
    this.#model = model;
    this.#dataSet = dataSet;
    this.#begin();
    const preview = byId('preview');
    preview.width = model.shape.width;
    preview.height = model.shape.height;
    byId('image-name').textContent = 'Drop an image here';
    byId('image-note').textContent = 'or choose a file';
    show(byId('samples'), Boolean(dataSet));
    const again = kept?.model === model.name ? kept : null;
    if (dataSet) await this.#showSamples(again?.id === undefined ? [] : [again.id]);
    if (again?.id !== undefined) {
      const radio = document.querySelector(`input[name=sample][value="${again.id}"]`);
      radio.checked = true;
      await this.#takeSample(again.id, radio.nextElementSibling.src);
    } else if (again?.png) {
      await this.#restore(again);
    }
  }

  async #showSamples(first) {
    const set = this.#dataSet;
    byId('samples-label').textContent = `or from ${set.title}`;
    const ids = new Set(first);
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
    this.#describe(`Test image ${id}`, `of ${this.#dataSet.title}`, { id });
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
      this.#describe(file.name, 'no preview', null);
      return;
    }
    if (choice !== this.#choice) return;
    const { width, height } = this.#model.shape;
    if (image.width === width && image.height === height) {
      this.#draw(image);
      await this.#takePreview(file.name, `${width} × ${height}`);
      return;
    }
    const note = `resized from ${image.width} × ${image.height} to ${width} × ${height}`;
    this.#crop.begin(image, this.#model.shape, part => {
      this.#draw(image, part);
      this.#takePreview(file.name, note);
    });
  }

  /** Takes what the preview shows: sent as it is seen, whatever the file holds. */
  async #takePreview(name, note) {
    this.current = null;
    const choice = ++this.#choice;
    const seen = await new Promise(done => byId('preview').toBlob(done, 'image/png'));
    if (choice !== this.#choice) return;
    this.current = { file: seen };
    const words = this.#model.shape.channels === 1 ? `${note}, grey` : note;
    this.#describe(name, words, { png: byId('preview').toDataURL(), name, note });
    this.#warn();
  }

  async #restore({ png, name, note }) {
    const choice = this.#begin();
    const image = await createImageBitmap(await (await fetch(png)).blob());
    if (choice !== this.#choice) return;
    this.#draw(image);
    await this.#takePreview(name, note);
  }

  /** A later choice wins over one that is still being read; until it is drawn, there is none. */
  #begin() {
    this.current = null;
    this.#crop.end();
    show(byId('image-warning'), false);
    return ++this.#choice;
  }

  /** Covers the classifier's rectangle with a part of the image: what is seen here is what is certified. */
  #draw(image, part = { x: 0, y: 0, width: image.width, height: image.height }) {
    const { width, height, channels } = this.#model.shape;
    const context = byId('preview').getContext('2d', { willReadFrequently: true });
    context.imageSmoothingQuality = 'high';
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(image, part.x, part.y, part.width, part.height, 0, 0, width, height);
    if (channels === 1) toGrey(context, width, height);
  }

  #describe(name, note, kept) {
    byId('image-name').textContent = name;
    byId('image-note').textContent = note;
    byId('preview').setAttribute('aria-label', `Chosen image: ${name}`);
    this.kept = kept && { ...kept, model: this.#model.name };
    this.#onChange();
  }

  /** A classifier answers on any picture; whether it has ever seen one like it is for the person to know. */
  #warn() {
    const typical = this.#dataSet?.typical;
    if (!typical) return;
    const { width, height } = this.#model.shape;
    const seen = features(byId('preview').getContext('2d').getImageData(0, 0, width, height));
    const words = { brightness: ['darker', 'brighter'], contrast: ['flatter', 'starker'], border: ['darker at the rim', 'brighter at the rim'] };
    const unlike = Object.entries(words).flatMap(([name, [less, more]]) =>
      seen[name] < typical[name][0] - 1e-3 ? [less] : seen[name] > typical[name][1] + 1e-3 ? [more] : []);
    byId('image-warning').textContent = unlike.length === 0 ? '' : `This picture is unlike ${this.#dataSet.title}, which the classifier `
      + `knows: ${unlike.join(', ')} than almost all of it. It will still name one of its classes.`;
    show(byId('image-warning'), unlike.length > 0);
  }
}

/** What the service measures of its data sets: the mean, the standard deviation and the mean of the outermost pixels. */
function features({ data, width, height }) {
  let sum = 0, squares = 0, border = 0, rim = 0;
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const outer = x === 0 || y === 0 || x === width - 1 || y === height - 1;
    for (let channel = 0; channel < 3; channel++) {
      const value = data[4 * i + channel] / 255;
      sum += value;
      squares += value * value;
      if (outer) { border += value; rim++; }
    }
  }
  const count = 3 * width * height;
  return { brightness: sum / count, contrast: Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)), border: border / rim };
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
