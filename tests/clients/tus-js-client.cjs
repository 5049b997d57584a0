// Uploads with tus-js-client as it comes from its registry.
//
//   node tus-js-client.cjs PACKAGE SCENARIO ENDPOINT TOKEN FOLDER FILE…
//
// Scenarios: `whole` sends each file in chunks, all at the same time. `resume` cuts the first chunk off on
// its way, forgets everything but the stored address and goes on from there. Prints one JSON object.

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const [package_, scenario, endpoint, token, folder, ...names] = process.argv.slice(2);
const tus = require(package_);
const CHUNK_BYTES = 1024 * 1024;

function options(name, more) {
  const file = path.join(folder, name);
  const sha256 = crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');
  return {
    endpoint,
    chunkSize: CHUNK_BYTES,
    retryDelays: [50, 100, 200],
    headers: { Authorization: `Bearer ${token}` },
    metadata: { filename: name, sha256, 'modified-at-ms': '1700000000123' },
    ...more,
  };
}

function send(name, more) {
  return new Promise((resolve, reject) => {
    const file = fs.createReadStream(path.join(folder, name));
    const upload = new tus.Upload(file, options(name, {
      onError: reject,
      onSuccess: () => resolve({ name, url: upload.url }),
      ...more,
    }));
    more?.before ? more.before(upload).then(() => upload.start(), reject) : upload.start();
  });
}

async function whole() {
  return { uploads: await Promise.all(names.map((name) => send(name))) };
}

// The storage of addresses that the package has for Node.
const storage = () => new tus.FileUrlStorage(path.join(folder, 'addresses.json'));

function cut(name) {
  return new Promise((resolve, reject) => {
    const file = fs.createReadStream(path.join(folder, name));
    const upload = new tus.Upload(file, options(name, {
      urlStorage: storage(),
      onError: reject,
      onSuccess: () => reject(new Error('it should have been cut')),
      onChunkComplete: (_, accepted) => {
        if (accepted >= 2 * CHUNK_BYTES) upload.abort().then(() => resolve(accepted), reject);
      },
    }));
    upload.start();
  });
}

async function resume() {
  const [name] = names;
  const accepted = await cut(name);
  const offsets = [];
  const upload = await send(name, {
    urlStorage: storage(),
    before: async (upload) => {
      const [previous] = await upload.findPreviousUploads();
      if (!previous) throw new Error('no address was stored');
      upload.resumeFromPreviousUpload(previous);
    },
    onBeforeRequest: (request) => {
      if (request.getMethod() === 'PATCH') offsets.push(Number(request.getHeader('Upload-Offset')));
    },
  });
  return { accepted, resumed_at: offsets[0], uploads: [upload] };
}

({ whole, resume })[scenario]().then(
  (result) => console.log(JSON.stringify(result)),
  (error) => {
    console.error(String(error));
    process.exitCode = 1;
  },
);
