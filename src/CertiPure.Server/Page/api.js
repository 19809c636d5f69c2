// The service's API: JSON, problem+json errors, and server-sent events read from a POST answer.
import { byId, show } from './dom.js';

const keyName = 'certipure-key';

export class ApiError extends Error {
  constructor(status, problem, retryAfter) {
    super(problem?.detail ?? problem?.title ?? `The service answered ${status}.`);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

async function send(path, options = {}) {
  const key = sessionStorage.getItem(keyName);
  const headers = { ...options.headers, ...(key ? { 'X-Api-Key': key } : {}) };
  let answer;
  try {
    answer = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, { detail: 'The service cannot be reached; check that it is running.' });
  }
  if (answer.status === 401) {
    // Another request may have brought a key while this one was under way.
    if (sessionStorage.getItem(keyName) === key) await askForKey(key !== null);
    return send(path, options);
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => null);
    throw new ApiError(answer.status, problem, Number(answer.headers.get('Retry-After')) || null);
  }
  return answer;
}

let asking = null;

/** Several requests may find the key missing at once; one dialog serves them all. */
function askForKey(wasRefused) {
  asking ??= new Promise(done => {
    const dialog = byId('key-dialog');
    show(byId('key-refused'), wasRefused);
    byId('key-form').addEventListener('submit', () => {
      sessionStorage.setItem(keyName, byId('key').value);
      byId('key').value = '';
      asking = null;
      done();
    }, { once: true });
    // Esc closes a dialog whatever its `cancel` event is told; the requests that wait for the key would wait for ever.
    dialog.onclose = () => asking && !dialog.open && dialog.showModal();
    dialog.showModal();
  });
  return asking;
}

export const getJson = async path => (await send(path)).json();

let models = null;

/** What the service offers, asked for once. */
export const getModels = () => models ??= getJson('v1/models').catch(error => {
  models = null;
  throw error;
});

export async function getBlob(path) {
  return (await send(path)).blob();
}

export async function postForm(path, form, signal) {
  return (await send(path, { method: 'POST', body: form, signal, headers: { Accept: 'application/json' } })).json();
}

/** Posts and yields the answer's events as {event, data}. An `error` event is thrown, and so is an end without the last event. */
export async function* postEvents(path, body, last, signal, headers = {}) {
  const answer = await send(path, {
    method: 'POST', body, signal, headers: { Accept: 'text/event-stream', ...headers },
  });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  let isWhole = false;
  while (true) {
    const { done, value } = await read(reader);
    if (done && !isWhole) throw new ApiError(0, { detail: lost });
    if (done) return;
    buffer += value;
    let end;
    while ((end = buffer.indexOf('\n\n')) >= 0) {
      const message = parse(buffer.slice(0, end));
      buffer = buffer.slice(end + 2);
      if (message.event === 'error') throw new ApiError(message.data.status, message.data);
      isWhole ||= message.event === last;
      if (message.data !== null) yield message;
    }
  }
}

const lost = 'The connection to the service ended before the answer was complete; check that it is running, then try again.';

async function read(reader) {
  try {
    return await reader.read();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, { detail: lost });
  }
}

function parse(block) {
  let event = 'message';
  const data = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) event = line.slice(6).trim();
    else if (line.startsWith('data:')) data.push(line.slice(5).trimStart());
  }
  return { event, data: data.length ? JSON.parse(data.join('\n')) : null };
}
