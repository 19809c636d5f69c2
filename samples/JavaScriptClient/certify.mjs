// Certifies a picture at a CertiPure service, shows the progress, and lets the service verify the certificate. Needs Node 20 or newer.
//
//     node certify.mjs http://127.0.0.1:5080 boot.png certificate.json        (the key, where one is asked for, in CERTIPURE_KEY)
import { readFile, writeFile } from 'node:fs/promises';

const [service, picture, out] = process.argv.slice(2);
const key = process.env.CERTIPURE_KEY ? { 'X-Api-Key': process.env.CERTIPURE_KEY } : {};

async function post(path, body, headers) {
  const response = await fetch(new URL(path, service), { method: 'POST', body, headers: { ...key, ...headers } });
  if (!response.ok) throw new Error((await response.json()).detail);
  return response;
}

async function* events(response) {
  let text = '';
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
      const lines = Object.fromEntries(text.slice(0, end).split('\n').map(line => line.split(/: (.*)/s, 2)));
      yield [lines.event, JSON.parse(lines.data)];
    }
  }
}

const form = new FormData();
form.append('image', new Blob([await readFile(picture)]), 'image');
let certificate = null;
for await (const [name, data] of events(await post('/v1/certify', form, { Accept: 'text/event-stream' }))) {
  if (name === 'progress') console.error(`${data.draws} of ${data.total} draws, radius ${data.radius.toFixed(3)}`);
  if (name === 'error') throw new Error(data.detail);
  if (name === 'certificate') {
    console.log(data.className, '-', data.claim);
    certificate = JSON.stringify(data.certificate, null, 2);
  }
}
if (!certificate) throw new Error('The connection ended before the certificate came.');
await writeFile(out, certificate);
const verdict = await (await post('/v1/certificates/verify', certificate, { 'Content-Type': 'application/json' })).json();
console.log(verdict.verdict, '-', verdict.summary);
