// SPDX-License-Identifier: MIT
// The modules of the page that know no page: numbers, what was told, windows and marks.

import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {test} from 'node:test';

import {chooseTroubles} from '../../viewer/page/attention.js';
import {endsOf, marksOf, windowOf} from '../../viewer/page/charts.js';
import {conditionKey} from '../../viewer/page/events.js';
import {bytes, duration, fixed, megabytes, milliseconds, number, percent, UNKNOWN} from '../../viewer/page/format.js';
import {applyEvents, applyOverview, applyUpdate, filterTargets, makeStore, memoryOfQuota, targetsInOrder, troubles}
  from '../../viewer/page/store.js';
import {leakEvent, makeTarget, makeWorld, NOW, zombiesEvent} from './world.mjs';

const MB = 2 ** 20;

function check(f, rows) {
  for (const [args, wanted] of rows)
    assert.equal(f(...args), wanted, `of ${args}`);
}

test('numbers', () => {
  check(number, [[[0], '0'], [[12345.678, 1], '12,345.7'], [[undefined], UNKNOWN], [[null], UNKNOWN], [[NaN], UNKNOWN]]);
  check(fixed, [[[2.4], '2.40'], [[0], '0.00'], [[null], UNKNOWN]]);
  check(megabytes, [[[21.22 * MB], '21.22 MB'], [[0], '0.00 MB'], [[undefined], UNKNOWN]]);
  check(bytes, [[[0], '0 MB'], [[21.22 * MB], '21.2 MB'], [[512 * MB], '512 MB'], [[1536 * MB], '1.5 GB'],
    [[1023 * MB], '1 GB'], [[2 ** 40], '1 TB'], [[2 ** 63], '8 EB'], [[4096], '4 kB'], [[null], UNKNOWN]]);
  check(percent, [[[49, 512], '9.6 %'], [[0, 512], '0 %'], [[681.93, 512], '133 %'], [[1, 5000], '< 0.1 %'], [[1, 0], UNKNOWN], [[undefined, 1], UNKNOWN]]);
});

test('times', () => {
  check(duration, [[[0], '0 s'], [[1.25], '1.3 s'], [[45], '45 s'], [[120], '2 min'], [[3450], '58 min'],
    [[7800], '2 h 10 min'], [[7199], '2 h'], [[86400 * 3 + 3600 * 4], '3 d 4 h'], [[-5], '-5 s'], [[undefined], UNKNOWN]]);
  check(milliseconds, [[[0], '0 ms'], [[85], '85 ms'], [[1.5], '1.5 ms'], [[999.6], '1.00 s'], [[30000], '30.00 s'],
    [[undefined], UNKNOWN]]);
});

test('an update has only what changed', () => {
  const store = makeStore();
  applyOverview(store, makeWorld(5).overview);
  assert.deepEqual(store.order, ['web.1', 'worker.1', 'db3/web.2', 'app.1', 'app.2']);
  applyUpdate(store, {now: NOW + 1000, live: true, targets: [makeTarget('app.1', {severity: 3})],
    order: ['app.1', 'web.1', 'worker.1', 'app.2']});
  assert.deepEqual(targetsInOrder(store).map((target) => target.source), ['app.1', 'web.1', 'worker.1', 'app.2']);
  assert.equal(store.targets.has('db3/web.2'), false);
  assert.equal(store.overview.now, NOW + 1000);
  assert.equal(store.overview.version, '0.1.0');
  applyUpdate(store, {now: NOW + 2000, targets: [makeTarget('new.1')]});
  assert.equal(store.order.at(-1), 'new.1');
});

test('an event that comes twice is one', () => {
  const store = makeStore();
  applyEvents(store, [leakEvent('web.1'), zombiesEvent('web.1')]);
  applyEvents(store, [{...leakEvent('web.1'), title: 'again'}]);
  assert.deepEqual(store.events.map(({id, title}) => [id, title]), [[18, 'again'], [17, '167 zombies of puma (812)']]);
});

test('troubles are worst first, and a target that is not well is one', () => {
  const store = makeStore();
  applyOverview(store, {now: NOW, targets: [
    makeTarget('a.1', {severity: 2, why: 'no idea'}), makeTarget('b.1'),
    makeTarget('c.1', {severity: 3, conditions: [zombiesEvent('c.1'), leakEvent('c.1')]})]});
  assert.deepEqual(troubles(store).map(({source, event}) => `${source} ${event}`), ['c.1 leak', 'a.1 why', 'c.1 zombies']);
  const {stories} = chooseTroubles(troubles(store));
  assert.deepEqual(stories.map((story) => story.map(({event}) => event)), [['leak', 'zombies'], ['why']]);
});

test('a condition stays the same one when it is told anew', () => {
  assert.equal(conditionKey({...zombiesEvent('a'), id: 99, fields: {...zombiesEvent('a').fields, zombies: 9}}),
    conditionKey(zombiesEvent('a')));
  assert.notEqual(conditionKey(zombiesEvent('a')), conditionKey(zombiesEvent('a', 'node')));
});

test('search', () => {
  const targets = makeWorld(20).overview.targets;
  const found = (search, troubled = false) => filterTargets(targets, search, troubled).map(({source}) => source);
  assert.deepEqual(found('PUMA'), ['web.1']);
  assert.deepEqual(found('web silent'), ['db3/web.2']);
  assert.deepEqual(found('', true), ['web.1', 'worker.1']);
  assert.deepEqual(found('app.1').length, 9);
  assert.deepEqual(found('nobody'), []);
});

test('memory of quota', () => {
  assert.equal(memoryOfQuota([]), null);
  assert.equal(memoryOfQuota([{memory: {max: 5}, values: {memory_quota: 10}}]), null);
  const {n, mean, worst} = memoryOfQuota([
    {source: 'a', memory: {avg_60s: 10, max_60s: 20}, values: {memory_quota: 100}},
    {source: 'b', memory: {avg_60s: 50, max_60s: 90}, values: {memory_quota: 100}},
    {source: 'c', memory: {avg_60s: 50, max_60s: 90}, values: {}}]);
  assert.deepEqual([n, mean.toFixed(2), worst.source, worst.part], [2, '0.30', 'b', 0.9]);
});

test('where a leak ends', () => {
  const [end] = endsOf([leakEvent('a'), zombiesEvent('a')], ['zombies'], NOW);
  assert.deepEqual([end.from, end.value, end.t, end.limit], [NOW - 8000, 167, NOW - 8000 + 3450000, 512]);
  assert.match(end.text, /pids_limit 512.*met by zombies at .* in 57 min/);
  assert.deepEqual(endsOf([leakEvent('a')], ['memory_rss'], NOW), []);
  assert.deepEqual(endsOf([{...leakEvent('a'), fields: {metric: 'zombies', value: 3}}], ['zombies'], NOW), []);
});

test('the window that is shown', () => {
  const hour = 3600000;
  assert.deepEqual(windowOf(hour, NOW, NOW - 9 * hour, []), {from: NOW - hour, to: NOW});
  assert.deepEqual(windowOf(null, NOW, NOW - 9 * hour, []), {from: NOW - 9 * hour, to: NOW});
  assert.deepEqual(windowOf(hour, NOW, NOW - 300000, []), {from: NOW - 300000, to: NOW}, 'no more than there is');
  assert.deepEqual(windowOf(hour, NOW, NOW, []), {from: NOW - 60000, to: NOW}, 'a minute at least');
  const near = windowOf(hour, NOW, 0, [{t: NOW + hour}]);
  assert.ok(near.to > NOW + hour && near.to < NOW + 1.3 * hour, 'the end is in it');
  assert.equal(windowOf(hour, NOW, 0, [{t: NOW + 100 * hour}]).to, NOW + hour / 4, 'or the way to it');
});

test('marks do not cover one another', () => {
  const events = Array.from({length: 500}, (_, i) => ({t: i, state: 'enter', event: 'error', level: i === 7 ? 'error' : 'warning',
    title: `R14 ${i}`}));
  events.push({t: 3, state: 'enter', event: 'restarted', level: 'info'}, {t: 4, state: 'leave', event: 'zombies', level: 'info'});
  const marks = marksOf(events, {from: 0, to: 1000});
  assert.equal(marks.length, 51);
  assert.equal(marks.filter((mark) => mark.isRestart).length, 1);
  assert.ok(marks.some((mark) => mark.title === 'R14 7'));
});

test('what viewer/README.md names as the test of a feature is one', async () => {
  const here = (name) => readFile(new URL(name, import.meta.url), 'utf8');
  const titles = {};
  for (const [file, name] of [['mock', 'page.test.mjs'], ['program', 'program.test.mjs']])
    titles[file] = [...(await here(name)).matchAll(/^ *test\(['`](.*?)['`], /gm)].map(([, title]) => title);
  const rows = (await here('../../viewer/README.md')).split('\n').filter((line) => /^\|.*\|.*\|.*\|$/.test(line))
    .map((line) => line.split('|')[3].trim()).filter((cell) => /^(mock|program)/.test(cell));
  assert.ok(rows.length > 12, `${rows.length} rows`);
  for (const row of rows) {
    let files = [];
    for (const part of row.split('; ')) {
      const [, named, title] = /^(?:((?:mock|program)(?: and (?:mock|program))?): )?(.*)$/.exec(part);
      files = named?.split(' and ') ?? files;
      for (const file of files)
        assert.ok(titles[file].some((one) => one.startsWith(title)), `${file} has no test "${title}"`);
    }
  }
});
