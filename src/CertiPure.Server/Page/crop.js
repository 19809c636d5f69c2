// Cropping a picture that is larger than what the classifier takes: drag, wheel, arrow keys or the zoom slider.
import { byId, show } from './dom.js';

const farthest = 8;

/** Chooses the part of an image that fills the classifier's rectangle. */
export class Crop {
  #image = null;
  #ratio = 1;
  #zoom = 1;
  #center = { x: 0, y: 0 };
  #onChange = null;
  #drag = null;

  constructor() {
    const view = byId('crop-view');
    view.addEventListener('pointerdown', event => {
      view.setPointerCapture(event.pointerId);
      this.#drag = { x: event.clientX, y: event.clientY };
    });
    view.addEventListener('pointermove', event => {
      if (!this.#drag) return;
      const part = this.part();
      this.#move((this.#drag.x - event.clientX) * part.width / view.clientWidth,
        (this.#drag.y - event.clientY) * part.height / view.clientHeight);
      this.#drag = { x: event.clientX, y: event.clientY };
    });
    for (const name of ['pointerup', 'pointercancel']) view.addEventListener(name, () => { this.#drag = null; });
    view.addEventListener('keydown', event => {
      const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
      if (!dx && !dy) return;
      event.preventDefault();
      this.#move(dx * this.part().width / 20, dy * this.part().height / 20);
    });
    view.addEventListener('wheel', event => {
      event.preventDefault();
      this.#setZoom(this.#zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
    }, { passive: false });
    byId('crop-zoom').addEventListener('input', event => this.#setZoom(Number(event.target.value)));
  }

  /** Begins with the largest part, from the middle. */
  begin(image, shape, onChange) {
    this.#image = image;
    this.#ratio = shape.width / shape.height;
    this.#zoom = 1;
    this.#center = { x: image.width / 2, y: image.height / 2 };
    this.#onChange = onChange;
    const view = byId('crop-view');
    view.width = 360;
    view.height = Math.round(360 / this.#ratio);
    byId('crop-zoom').value = 1;
    show(byId('crop'));
    this.#changed();
  }

  end() {
    this.#image = null;
    show(byId('crop'), false);
  }

  /** The chosen part in pixels of the image. */
  part() {
    const { width, height } = this.#image;
    const largest = width / height > this.#ratio
      ? { width: height * this.#ratio, height } : { width, height: width / this.#ratio };
    const size = { width: largest.width / this.#zoom, height: largest.height / this.#zoom };
    return { x: this.#center.x - size.width / 2, y: this.#center.y - size.height / 2, ...size };
  }

  #setZoom(zoom) {
    this.#zoom = Math.min(farthest, Math.max(1, zoom));
    byId('crop-zoom').value = this.#zoom;
    this.#move(0, 0);
  }

  #move(dx, dy) {
    const part = this.part();
    const clamp = (value, size, whole) => Math.min(whole - size / 2, Math.max(size / 2, value));
    this.#center.x = clamp(this.#center.x + dx, part.width, this.#image.width);
    this.#center.y = clamp(this.#center.y + dy, part.height, this.#image.height);
    this.#changed();
  }

  #changed() {
    const view = byId('crop-view');
    const part = this.part();
    const context = view.getContext('2d');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, view.width, view.height);
    context.drawImage(this.#image, part.x, part.y, part.width, part.height, 0, 0, view.width, view.height);
    this.#onChange(part);
  }
}
