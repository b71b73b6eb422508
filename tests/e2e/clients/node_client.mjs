// What a program on the JavaScript client does: an informer, and exec over WebSocket.
// Run with the kubeconfig in KUBECONFIG, the pod in POD; ends with 0 when everything came out as it should.
import * as k8s from '@kubernetes/client-node';
import { Writable } from 'node:stream';
import assert from 'node:assert/strict';

const config = new k8s.KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(k8s.CoreV1Api);

function collector() {
  const chunks = [];
  const stream = new Writable({ write(chunk, _, done) { chunks.push(chunk); done(); } });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

async function informer() {
  const seen = [];
  const list = () => core.listNamespacedConfigMap({ namespace: 'default', labelSelector: 'made-by=node' });
  const watched = k8s.makeInformer(config, '/api/v1/namespaces/default/configmaps', list, 'made-by=node');
  const deleted = new Promise((resolve, reject) => {
    watched.on('add', (object) => seen.push(`add ${object.metadata.name}`));
    watched.on('update', (object) => seen.push(`update ${object.metadata.name}`));
    watched.on('delete', (object) => { seen.push(`delete ${object.metadata.name}`); resolve(); });
    watched.on('error', reject);
  });
  const body = { metadata: { name: 'one', labels: { 'made-by': 'node' } }, data: { a: '1' } };
  await core.createNamespacedConfigMap({ namespace: 'default', body });
  await watched.start();
  const live = await core.readNamespacedConfigMap({ name: 'one', namespace: 'default' });
  live.data.a = '2';
  await core.replaceNamespacedConfigMap({ name: 'one', namespace: 'default', body: live });
  await core.deleteNamespacedConfigMap({ name: 'one', namespace: 'default' });
  await deleted;
  await watched.stop();
  assert.deepEqual(seen, ['add one', 'update one', 'delete one']);
}

async function exec() {
  const out = collector();
  const error = collector();
  const status = await new Promise((resolve, reject) => {
    new k8s.Exec(config)
      .exec('default', process.env.POD, undefined, ['/bin/sh', '-c', 'echo to stdout; echo to stderr >&2; exit 3'],
        out.stream, error.stream, null, false, resolve)
      .catch(reject);
  });
  assert.equal(out.text(), 'to stdout\n');
  assert.equal(error.text(), 'to stderr\n');
  assert.equal(status.status, 'Failure');
  assert.equal(status.details.causes[0].message, '3');
}

for (const step of [informer, exec]) {
  await step();
  console.log(`${step.name}: ok`);
}
process.exit(0);
