// What a reload must not lose: the settings, the image and the last certificate, for as long as this browser tab is open.
const name = 'certipure-form';

export function load() {
  try {
    return JSON.parse(sessionStorage.getItem(name)) ?? {};
  } catch {
    return {};
  }
}

/** Merges changes into what is kept. A tab without storage, or one that is full, goes on without. */
export function save(changes) {
  try {
    sessionStorage.setItem(name, JSON.stringify({ ...load(), ...changes }));
  } catch {
    // Nothing depends on it.
  }
}
