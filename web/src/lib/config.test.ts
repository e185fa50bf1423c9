import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyChange, changesOf, conflictsOf, tell } from './config-diff';
import { getAt, parsePath, pathText, setAt } from './config-path';
import { parseCsv, sourcesOf } from './csv-read';
import { fieldAt, fieldOf, problemOf } from './field';
import { sha256 } from './sha256';
import { freeId, hostOf, withIds } from './source-id';

const secret = { title: 'Secret', writeOnly: true, anyOf: [{ type: 'string' }, { type: 'object', properties: { env: { type: 'string' } } }] };
const schema = fieldOf('', {
  type: 'object',
  properties: {
    agent: { type: ['object', 'null'], properties: { name: { type: ['string', 'null'], minLength: 1, maxLength: 4, default: 'gssa' } } },
    polling: { type: 'object', properties: { interval_secs: { type: ['integer', 'null'], minimum: 1, maximum: 86400, default: 30, title: 'Poll interval', 'x-ui': { order: 1, unit: 's' } }, other: { type: 'string', 'x-ui': { order: 0 } } } },
    logging: { type: 'object', properties: { level: { anyOf: [{ oneOf: [{ const: 'info', description: 'Usual.' }, { const: 'debug' }], description: 'inner' }, { type: 'null' }], description: 'outer', default: 'info' }, file: { type: ['object', 'null'], 'x-ui': { restart: true }, properties: { dir: { type: 'string' } } } } },
    sources: {
      type: 'array',
      items: {
        type: 'object',
        required: ['address'],
        properties: {
          id: { type: 'string', pattern: '^[a-z]{1,64}$' },
          name: { type: 'string' },
          address: { type: 'string' },
          http_port: { type: 'integer', description: 'Beside it (antminer, canaan).' },
          tags: { type: 'array', items: { type: 'string' } },
          api_key: { anyOf: [secret, { type: 'null' }], description: 'The key (gss, mim).' },
        },
      },
    },
  },
});

test('a schema becomes fields, in the order of the hints, and the outer words count', () => {
  const level = fieldAt(schema, ['logging', 'level'])!;
  assert.deepEqual([level.shape, level.description, level.initial, level.choices?.map((it) => it.value)], ['choice', 'outer', 'info', ['info', 'debug']]);
  assert.deepEqual(fieldAt(schema, ['polling'])?.fields?.map((it) => it.key), ['other', 'interval_secs']);
  const of = (key: string) => fieldAt(schema, ['sources', 0, key])!;
  assert.deepEqual([of('api_key').shape, of('api_key').title, of('api_key').kinds], ['secret', 'Api key', ['gss', 'mim']]);
  assert.deepEqual(of('http_port').kinds, ['auto', 'antminer', 'canaan'], 'what is found out may be one of them');
  assert.deepEqual([of('tags').shape, of('address').isRequired, of('name').isRequired], ['texts', true, false]);
});

test('what the schema forbids is said before the agent is asked', () => {
  const at = (path: string[], value: unknown) => problemOf(fieldAt(schema, path)!, value);
  assert.equal(at(['polling', 'interval_secs'], 0), 'must be 1 to 86400, not 0');
  assert.equal(at(['polling', 'interval_secs'], 1.5), 'must be a whole number');
  assert.equal(at(['polling', 'interval_secs'], 86400), undefined);
  assert.equal(at(['polling', 'interval_secs'], undefined), undefined, 'absent is the default');
  assert.equal(at(['agent', 'name'], ''), 'must not be empty');
  assert.equal(at(['agent', 'name'], 'abcde'), 'must have at most 4 characters');
  assert.equal(problemOf(fieldAt(schema, ['sources', 0, 'address'])!, undefined), 'is missing');
  assert.equal(at(['logging', 'level'], 'loud'), '`loud` is none of the choices');
});

test('a path is read as the agent writes it', () => {
  const path = parsePath('sources[3].credentials.password');
  assert.deepEqual(path, ['sources', 3, 'credentials', 'password']);
  assert.equal(pathText(path), 'sources[3].credentials.password');
  assert.deepEqual(parsePath(''), []);
});

test('a change leaves the rest as it is, and groups without keys go', () => {
  const before = { a: { b: { c: 1 } }, list: [{ x: 1 }, { x: 2 }] };
  assert.deepEqual(setAt(before, ['a', 'b', 'c'], undefined), { list: before.list });
  assert.deepEqual(setAt(before, ['list', 1, 'x'], 3).list, [{ x: 1 }, { x: 3 }]);
  assert.deepEqual(setAt(before, ['list', 0], undefined).list, [{ x: 2 }]);
  assert.equal(setAt(before, ['list', 1, 'x'], 3).a, before.a);
  assert.equal(getAt(before, ['list', 1, 'x']), 2);
  assert.deepEqual(before.list, [{ x: 1 }, { x: 2 }]);
});

const base = { polling: { interval_secs: 30 }, sources: [{ id: 'a', name: 'A', address: '1' }, { id: 'b', address: '2', api_key: '********' }] };

test('changes are told in words, elements by their names', () => {
  const after = {
    polling: { interval_secs: 15 },
    logging: { file: {} },
    sources: [{ id: 'b', address: '3', api_key: 'typed' }, { id: 'c', kind: 'canaan', address: '4' }],
  };
  const words = changesOf(base, after).map((change) => {
    const { where, what, from, to, needsRestart } = tell(change, schema, { before: base, after });
    return [where, what, from, to, needsRestart].join(' | ');
  });
  assert.deepEqual(words, [
    'Polling | Poll interval | 30 s | 15 s | false',
    'A | Remove source A (undefined, 1) |  |  | false',
    'b | Address | 2 | 3 | false',
    'b | Api key | set | changed | false',
    'c | Add source c (Avalon, 4) |  |  | false',
    'Logging | File | not set | {} | true',
  ]);
});

test('the order of sources is no change', () => {
  assert.deepEqual(changesOf(base, { ...base, sources: [...base.sources].reverse() }), []);
});

test('two changes are put together, and only what both changed is a conflict', () => {
  const mine = { ...base, polling: { interval_secs: 15 }, sources: [base.sources[0], { ...base.sources[1], address: '9' }] };
  const theirs = { polling: { interval_secs: 60 }, sources: [{ id: 'n', address: '0' }, ...base.sources] };
  const [own, other] = [changesOf(base, mine), changesOf(base, theirs)];
  assert.deepEqual(conflictsOf(own, other).map((it) => it.path.join('.')), ['polling.interval_secs']);
  const both = own.reduce(applyChange, theirs as never) as typeof theirs;
  assert.equal(both.polling.interval_secs, 15);
  assert.deepEqual(both.sources.map((it) => `${it.id} ${it.address}`), ['n 0', 'a 1', 'b 9']);
  const gone = { ...base, sources: [base.sources[0]] };
  const [conflict] = conflictsOf(own, changesOf(base, gone));
  assert.deepEqual(conflict?.path, ['sources', 'b'], 'a source that they removed and I changed');
  assert.deepEqual((applyChange(gone as never, conflict!.mine) as unknown as typeof base).sources[1], { ...base.sources[1], address: '9' });
  assert.deepEqual(changesOf(base, gone).reduce(applyChange, theirs as never), { ...theirs, sources: [theirs.sources[0], base.sources[0]] });
});

test('digests are those of the standard', () => {
  assert.equal(sha256(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.equal(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  const long = 'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu';
  assert.equal(sha256(long), 'cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1');
});

test('digests of every length are those of Node', async () => {
  const { createHash } = await import('node:crypto');
  for (let length = 0; length < 200; length++) {
    const text = 'ä'.repeat(length % 3) + 'x'.repeat(length);
    assert.equal(sha256(text), createHash('sha256').update(text).digest('hex'), String(length));
  }
});

test('tables of spreadsheets are read, and what cannot be taken is said', () => {
  const text = '\uFEFFName;IP;Type;Place;Tags\r\n"Nano; 4";10.0.0.4;canaan;Garage;heat,old\r\nx;;axeos;;\r\ny;10.0.0.6;toaster;;\r\n\r\nz;10.0.0.7;;;\r\n';
  const { sources, left } = sourcesOf(parseCsv(text), ['auto', 'axeos', 'canaan']);
  assert.deepEqual(sources, [
    { name: 'Nano; 4', kind: 'canaan', address: '10.0.0.4', group: 'Garage', tags: ['heat', 'old'] },
    { name: 'z', kind: 'auto', address: '10.0.0.7' },
  ]);
  assert.deepEqual(left, [{ line: 3, why: 'it has no address' }, { line: 4, why: '“toaster” is no kind of device' }]);
  assert.deepEqual(sourcesOf(parseCsv('10.0.0.1,One\n10.0.0.2'), ['auto']).sources, [{ name: 'One', kind: 'auto', address: '10.0.0.1' }, { kind: 'auto', address: '10.0.0.2' }]);
  assert.deepEqual(parseCsv('a,b\n"say ""hi""",2'), [['a', 'b'], ['say "hi"', '2']]);
});

test('ids are made from the name or the host, and free', () => {
  assert.equal(freeId({ name: 'Garage Gämma', address: 'x' }, new Set()), 'garage-gamma');
  assert.equal(freeId({ address: 'http://10.0.0.5:80/x' }, new Set(['10.0.0.5'])), '10.0.0.5-2');
  assert.equal(freeId({ name: '…' }, new Set()), 'source');
  assert.equal(hostOf('[fe80::1]:80'), 'fe80::1');
  assert.deepEqual(withIds([{ name: 'A' }, { name: 'a' }, { id: 'q' }], ['a']).map((it) => (it as { id?: string }).id), ['a-2', 'a-3', 'q']);
});
