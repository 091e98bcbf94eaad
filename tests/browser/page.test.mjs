// SPDX-License-Identifier: MIT
// The page in a real browser, served by a mock that tells what each test wants to see.

import assert from 'node:assert/strict';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {after, before, test} from 'node:test';

import {closePage, figuresOf, launch, openPage, pageFiles, picture, secondMs, temporaryFolder, textOf, until, violations}
  from './lib.mjs';
import {startMock} from './mock.mjs';
import {makeHistory, makeTarget, makeWorld, NOW, zombiesEvent} from './world.mjs';

let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

// Opens the page of a world, and looks at the end whether the browser has complained.
async function see(world, options, look) {
  const mock = await startMock(pageFiles, world);
  const page = await openPage(browser, mock.url + (options.at ?? ''), {now: NOW, ...options});
  try {
    await page.waitForSelector('#status[data-state="live"]');
    await look(page, mock);
    await closePage(page);
  } finally {
    await page.context().close();
    await mock.stop();
  }
}

const rows = (page) => page.locator('.targets tbody tr');

test('the culprit, why, and what to do are the first thing to be seen', async () => {
  await see(makeWorld(40), {}, async (page) => {
    const story = page.locator('.story').first();
    assert.match(await story.innerText(), /web\.1 167 zombies of puma \(812\)/);
    assert.match(await story.innerText(), /Why It never waits/);
    assert.match(await story.innerText(), /What to do Let it call wait\(\)/);
    const box = await story.boundingBox();
    assert.ok(box.y + box.height < 400, `it ends at ${box.y + box.height}`);
    assert.equal(await textOf(page, '.attention h2'), '2 targets of 40 need attention');
    await picture(page, 'overview-light');
  });
});

test('one click from the overview to the cause', async () => {
  await see(makeWorld(40), {}, async (page) => {
    await rows(page).first().locator('td.memory').click();
    await page.waitForSelector('.detail .condition');
    assert.equal(await textOf(page, '.detail h2 .name'), 'web.1');
    assert.match(await textOf(page, '.detail-body .conditions'), /never waits/);
    await page.goBack();
    await page.waitForSelector('.story');
  });
});

test('the figures of Log2Viz', async () => {
  await see(makeWorld(12), {}, async (page) => {
    assert.deepEqual(await figuresOf(page, 'requests'), {'per minute': '120'});
    assert.deepEqual(await figuresOf(page, 'response'), {'median': '20 ms', '95th percentile': '181 ms'});
    assert.deepEqual(await figuresOf(page, 'status'), {'2xx': '110', '3xx': '4', '4xx': '4', '5xx': '2'});
    assert.deepEqual(await figuresOf(page, 'codes'), {H12: '2', R14: '0'});
    assert.equal((await figuresOf(page, 'memoryAll')).maximum, '109 %');
    assert.match(await page.locator('[data-figure="requests"] svg.activity').getAttribute('aria-label'), /^180 requests/);
  });
});

test('status classes with zeros', async () => {
  const world = makeWorld(3);
  world.overview.requests = {...world.overview.requests, status: {'1xx': 0, '2xx': 7, '3xx': 0, '4xx': 0, '5xx': 0}};
  await see(world, {}, async (page) => {
    assert.deepEqual(await figuresOf(page, 'status'), {'2xx': '7', '3xx': '0', '4xx': '0', '5xx': '0'});
  });
});

test('no data until something arrives, and figures as soon as it does', async () => {
  const world = makeWorld(0);
  world.overview = {...world.overview, targets: [], codes: undefined, requests: undefined};
  world.events = [];
  await see(world, {}, async (page, mock) => {
    assert.match(await textOf(page, '.attention h2'), /^No data/);
    for (const name of ['requests', 'response', 'status', 'codes', 'memoryAll']) {
      assert.equal((await textOf(page, `[data-figure="${name}"] .no-data`)), 'No data');
      assert.deepEqual(await page.locator(`[data-figure="${name}"] .figure:visible`).count(), 0, 'and no number');
    }
    await picture(page, 'no-data');
    mock.send('update', {now: NOW + 1000, live: true, order: ['web.1'], targets: [makeTarget('web.1')],
      requests: makeWorld(0).overview.requests});
    await until(async () => await rows(page).count() === 1, 'the target');
    assert.deepEqual(await figuresOf(page, 'requests'), {'per minute': '120'});
    assert.deepEqual(await figuresOf(page, 'memoryAll'), {average: '24 %', maximum: '24 %'});
  });
});

test('what is not known is a dash and not 0', async () => {
  const world = makeWorld(3);
  const {load_avg_1m, load_avg_5m, load_avg_15m, pids_limit, ...values} = makeTarget('x').values;
  world.overview.targets = [{...makeTarget('young.1'), values, tasks: {used: 46}, memory: {}}];
  world.history['young.1'] = {...makeHistory('young.1'), t: [], columns: {}};
  await see(world, {}, async (page) => {
    const cells = await rows(page).first().locator('td').allInnerTexts();
    assert.equal(cells[1], '–');
    await rows(page).first().locator('a').click();
    assert.deepEqual(await figuresOf(page, 'load'), {'1 min': '–', '5 min': '–', '15 min': '–'});
    assert.deepEqual(await figuresOf(page, 'memoryMinute'), {average: 'No data', maximum: 'No data'});
    await page.waitForSelector('.chart.is-empty');
    assert.equal(await page.locator('.chart.is-empty').count(), 3);
  });
});

test('an explanation behind every figure', async () => {
  await see(makeWorld(12), {}, async (page) => {
    for (const place of ['', '#/target/web.1', '#/requests']) {
      await page.goto(page.url().replace(/#.*|$/, place));
      await page.waitForTimeout(100);
      const titled = await page.locator('.card:visible, .chart:visible').evaluateAll((all) =>
        all.map((one) => one.querySelector('button.explain') !== null));
      assert.ok(titled.length >= 3 && titled.every(Boolean), `in ${place}`);
      const buttons = page.locator('main button.explain:visible');
      for (let i = 0; i < await buttons.count(); i++) {
        const button = buttons.nth(i);
        await button.scrollIntoViewIfNeeded();
        await button.press('Enter');
        const note = page.locator('.note:popover-open');
        assert.equal(await note.count(), 1);
        assert.ok((await note.innerText()).length > 60);
        const box = await note.boundingBox();
        const inside = box.x >= 0 && box.y >= 0 && box.x + box.width <= 1440 && box.y + box.height <= 900;
        assert.ok(inside, `${await note.innerText()} is at ${JSON.stringify(box)}`);
        await page.keyboard.press('Escape');
        assert.equal(await page.locator('.note:popover-open').count(), 0);
      }
    }
  });
});

test('two hundred targets stay readable, and are found', async () => {
  const world = makeWorld(200);
  await see(world, {}, async (page, mock) => {
    assert.equal(await rows(page).count(), 200);
    const heights = await rows(page).evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height));
    assert.ok(Math.max(...heights) <= 34, `a row is ${Math.max(...heights)} px high`);
    assert.deepEqual((await rows(page).locator('th a').allInnerTexts()).slice(0, 3), ['web.1', 'worker.1', 'db3/web.2']);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'nothing is cut off');

    // All of them at once, as when they tick together.
    const changed = world.overview.targets.map((target) => ({...target, t: NOW, values: {...target.values, load_avg_1m: 9.99}}));
    mock.send('update', {now: NOW + 1000, live: true, targets: changed});
    const {ms} = await until(async () => (await textOf(page, 'tr[data-source="app.197"] .load')) === '9.99', 'the last row', 3000);
    assert.ok(ms < secondMs, `${ms} ms`);

    await page.keyboard.press('/');
    await page.keyboard.type('puma');
    assert.deepEqual(await rows(page).locator('th a').allInnerTexts(), ['web.1']);
    await page.keyboard.press('Escape');
    assert.equal(await rows(page).count(), 200);
    await page.locator('#troubled').check();
    assert.equal(await rows(page).count(), 2);
    await page.locator('#troubled').uncheck();
    await page.locator('button.sort', {hasText: 'Load'}).click();
    assert.equal(await page.locator('th.load').getAttribute('aria-sort'), 'descending');
    await picture(page, 'targets-200', {fullPage: true});
  });
});

test('what is told is on the page within a second', async () => {
  await see(makeWorld(40), {}, async (page, mock) => {
    const target = makeTarget('app.1', {severity: 3, why: 'new', conditions: [{...zombiesEvent('app.1', 'node'), level: 'error'}],
      values: {zombies: 12}});
    mock.send('update', {now: NOW + 1000, live: true, targets: [target], order: ['app.1', 'web.1', 'worker.1']});
    const {ms} = await until(async () => /of node/.test(await textOf(page, '.story')), 'the culprit', 3000);
    assert.ok(ms < secondMs, `${ms} ms`);
    assert.equal(await rows(page).count(), 3, 'those that were forgotten are gone');
    mock.send('event', {...zombiesEvent('app.1', 'node'), id: 99, state: 'enter', title: '12 zombies of node (812)'});
    await until(async () => /app\.1: 12 zombies of node/.test(await page.locator('#said').textContent()), 'what is said to listeners');
    const seen = await until(async () => /12 zombies of node/.test(await textOf(page, '.recent tbody tr')), 'what has happened', 3000);
    assert.ok(seen.ms < secondMs, `${seen.ms} ms`);
  });
});

test('a lost connection is said, and made again', async () => {
  const world = makeWorld(5);
  const mock = await startMock(pageFiles, world);
  const page = await openPage(browser, mock.url);
  page.expected = /ERR_|Failed to load/;
  await page.waitForSelector('#status[data-state="live"]');
  mock.drop();
  await page.waitForSelector('#status[data-state="lost"]');
  await page.waitForSelector('#status[data-state="live"]', {timeout: 8000});
  mock.drop();
  await mock.stop();
  await page.waitForSelector('#status[data-state="lost"]');
  assert.match(await textOf(page, '#status'), /Disconnected/);
  assert.equal(await rows(page).count(), 5, 'what was told is still there');
  await closePage(page);
});

test('zoom and pan', async () => {
  await see(makeWorld(12), {at: '#/target/web.1'}, async (page, mock) => {
    const plot = page.locator('.plot-host').first();
    await page.waitForSelector('.plot canvas');
    const range = () => textOf(page, '.toolbar .range');
    const before = await range();
    const box = await plot.boundingBox();
    const area = {left: box.x + 60, width: box.width - 68};
    const drag = async (from, to) => {
      await page.mouse.move(area.left + area.width * from, box.y + 60);
      await page.mouse.down();
      await page.mouse.move(area.left + area.width * to, box.y + 70, {steps: 5});
      await page.mouse.up();
    };
    const asked = mock.asked.length;
    await drag(0.1, 0.2);
    assert.notEqual(await range(), before);
    const question = () => mock.asked.slice(asked).filter((path) => path.startsWith('/api/history?')).at(-1);
    await until(question, 'a question for what is in the window');
    await until(async () => !(await page.locator('.toolbar .follow').isHidden()), 'the way back');

    // The window of an hour and what is to come is some two hours; a tenth of it is twelve minutes.
    const parameters = new URL(question(), mock.url).searchParams;
    const span = Number(parameters.get('to')) - Number(parameters.get('from'));
    const minutes = span / 2 / 60000;
    assert.ok(minutes > 11 && minutes < 14, `${minutes} minutes, and as much around them`);

    const zoomed = await range();
    await page.keyboard.down('Shift');
    await drag(0.5, 0.3);
    await page.keyboard.up('Shift');
    assert.notEqual(await range(), zoomed, 'panned');
    await plot.focus();
    const panned = await range();
    await page.keyboard.press('Shift+ArrowLeft');
    assert.notEqual(await range(), panned, 'panned by a key');
    await page.keyboard.press('-');
    await picture(page, 'zoomed');
    await plot.dblclick();
    assert.equal(await range(), before);
    await plot.focus();
    await page.keyboard.press('+');
    assert.notEqual(await range(), before, 'zoomed by a key');
    await page.locator('.toolbar button', {hasText: '15 min'}).click();
    assert.equal(await page.locator('.toolbar button[aria-pressed="true"]').innerText(), '15 min');
  });
});

test('the values of a chart are those of the history', async () => {
  const world = makeWorld(12);
  await see(world, {at: '#/target/worker.1'}, async (page) => {
    await page.waitForSelector('.plot canvas');
    const host = page.locator('.plot-host').nth(1);
    await host.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    const legend = await page.locator('.chart').nth(1).locator('.legend li:visible').allInnerTexts();
    const at = await page.locator('.chart').nth(1).locator('.at').innerText();
    const {t, columns} = world.history['worker.1'];
    const i = t.findIndex((one) => at.startsWith(new Date(one).toISOString().slice(11, 19)));
    assert.ok(i > 0, at);
    assert.match(await page.locator('.chart').nth(1).locator('[role="status"]').textContent(),
      new RegExp(`threads ${columns.threads.value[i]}`), 'and it is said to who does not see it');
    assert.deepEqual(legend, [`tasks ${columns.pids.value[i]}`, `threads ${columns.threads.value[i]}`,
      `processes ${columns.processes.value[i]}`, `zombies ${columns.zombies.value[i]}`, 'limit 512']);
  });
});

test('restarts, events and the hour of exhaustion are in the charts', async () => {
  await see(makeWorld(12), {at: '#/target/web.1', height: 1500}, async (page) => {
    await page.waitForSelector('.plot canvas');
    assert.match(await page.locator('.chart').nth(1).locator('.chart-note').innerText(), /met by zombies at 18:57, in 57 min/);
    assert.match(await page.locator('.plot-host').nth(1).getAttribute('aria-label'), /met by zombies/);
    // The event that a row is about is shown in the charts, and named there.
    await page.locator('.detail .happened button', {hasText: '17:18:20'}).click();
    await until(async () => !(await page.locator('.toolbar .follow').isHidden()), 'another window');
    const box = await page.locator('.plot-host').first().boundingBox();
    await page.mouse.move(box.x + 60 + (box.width - 68) / 2, box.y + 60);
    await until(async () => /restarted/.test(await textOf(page, '.chart .at')), 'the name of the mark');
    await picture(page, 'restart');
  });
});

test('hostile names are text', async () => {
  const names = ['<img src=x onerror=alert(1)>', '"><script>alert(2)</script>', '__proto__', 'constructor', 'a&amp;b%2F#?x',
    '\u202egnp.1', `${'long'.repeat(47)}.1`, '\'); alert(3); (\'', '@SNAPSHOT@', '</script><script>alert(4)</script>'];
  const world = makeWorld(3);
  world.overview.targets = names.map((name) => makeTarget(name, {severity: 2, why: name, dyno: name,
    conditions: [{...zombiesEvent(name, name, name), title: `3 zombies of ${name} (812)`, cause: name, advice: name}]}));
  world.overview.codes = [{code: '<b>X</b>', text: names[0], last_60s: 1, total: 1, t: NOW}];
  world.overview.inputs = [{name: names[0], state: 'reading', lines: 1}];
  world.events = names.map((name, i) => ({...zombiesEvent(name, name, name), id: i + 1, title: name}));
  world.history = Object.fromEntries(names.map((name) => [name, makeHistory(name)]));
  await see(world, {}, async (page, mock) => {
    assert.deepEqual(await rows(page).locator('th a').evaluateAll((all) => all.map((one) => one.textContent)), names);
    assert.equal(await page.evaluate(() => document.querySelectorAll('main img, main script, main b b, main iframe').length), 0);
    for (const name of names) {
      await rows(page).locator('th a').nth(names.indexOf(name)).click();
      await page.waitForFunction((wanted) => document.querySelector('.detail h2 .name')?.textContent === wanted, name);
      await page.waitForSelector('.detail .condition');
      assert.equal(await page.locator('.detail .fields dd').first().evaluate((one) => one.closest('dl').children.length > 5), true);
      await page.goBack();
      await page.waitForSelector('.story');
    }
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'nothing is wider than the page');
    await picture(page, 'hostile');
    const answer = await page.request.get(`${mock.url}api/snapshot`);
    await openSnapshot(await answer.body(), {}, async (file) => {
      assert.deepEqual(await rows(file).locator('th a').evaluateAll((all) => all.map((one) => one.textContent)), names);
      await rows(file).locator('th a').first().click();
      await file.waitForSelector('.plot canvas');
    });
  });
});

// Opens a snapshot from a file, as who got it with a ticket would.
async function openSnapshot(body, options, look) {
  const folder = await temporaryFolder();
  const path = join(folder.path, 'snapshot.html');
  await writeFile(path, body);
  const page = await openPage(browser, pathToFileURL(path).href, options);
  await page.waitForSelector('.targets tbody tr');
  await look(page);
  assert.deepEqual(page.requests.filter((url) => !url.startsWith('data:') && !url.startsWith(pathToFileURL(path).href)), []);
  await closePage(page);
  await folder.remove();
}

test('a snapshot is one file that asks for nothing', async () => {
  await see(makeWorld(12), {}, async (page, mock) => {
    const download = page.waitForEvent('download');
    await page.locator('#snapshot-link').click();
    assert.match((await download).suggestedFilename(), /^runstat-.*\.html$/);
    const answer = await page.request.get(`${mock.url}api/snapshot`);
    await openSnapshot(await answer.body(), {offline: true}, async (file) => {
      assert.match(await textOf(file, '#status'), /^Snapshot of 2026-11-28 18:00:00/);
      assert.match(await textOf(file, '.story'), /Why It never waits/);
      assert.equal(await file.locator('#snapshot-link').isHidden(), true);
      await rows(file).first().locator('a').click();
      await file.waitForSelector('.plot canvas');
      assert.match(await file.locator('.chart').nth(1).locator('.chart-note').innerText(), /met by zombies/);
      assert.equal(await file.locator('.detail .links a:visible').count(), 0);
      await picture(file, 'snapshot');
      assert.deepEqual(await violations(file), []);
    });
  });
});

test('keys alone are enough', async () => {
  await see(makeWorld(40), {}, async (page) => {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'worker.1');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.detail');
    assert.equal(await textOf(page, '.detail h2 .name'), 'worker.1');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H2', 'the focus goes with it');
    await page.keyboard.press('k');
    await until(async () => await textOf(page, '.detail h2 .name') === 'web.1', 'the one before');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.story');
    await page.keyboard.press('?');
    assert.ok(await page.locator('#help').isVisible());
    await page.locator('#keys').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    assert.ok(await page.locator('#help').isHidden(), 'keys of a letter can be switched off');
  });
});

test('light and dark, as the system has it or as it is chosen', async () => {
  await see(makeWorld(12), {scheme: 'dark'}, async (page) => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await background();
    await picture(page, 'overview-dark');
    await page.locator('#theme').click();
    const light = await background();
    assert.notEqual(light, dark);
    await page.reload();
    await page.waitForSelector('.story');
    assert.equal(await background(), light, 'it is remembered');
    await page.locator('#theme').click();
    assert.equal(await background(), dark);
  });
});

const WIDTHS = {wide: {width: 1440, height: 900}, phone: {width: 390, height: 844, hasTouch: true, isMobile: true}};
const PLACES = {overview: '', target: '#/target/web.1', requests: '#/requests'};

for (const [size, dimensions] of Object.entries(WIDTHS)) {
  for (const scheme of ['light', 'dark']) {
    test(`nothing keeps anyone out: ${size}, ${scheme}`, async () => {
      for (const [place, at] of Object.entries(PLACES)) {
        await see(makeWorld(12), {at, scheme, ...dimensions}, async (page) => {
          await page.waitForSelector(place === 'overview' ? '.story' : '.plot canvas');
          if (place === 'target')
            await page.locator('.detail .condition summary').first().click();
          assert.deepEqual(await violations(page), [], place);
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${place} fits`);
          await picture(page, `${place}-${size}-${scheme}`, {fullPage: true});
          if (place === 'overview' && size === 'wide') {
            await page.locator('#help-open').click();
            assert.deepEqual(await violations(page), [], 'the keys');
          }
        });
      }
    });
  }
}

test('a finger pans and leaves scrolling to the page', async () => {
  await see(makeWorld(12), {at: '#/target/web.1', ...WIDTHS.phone}, async (page) => {
    await page.waitForSelector('.plot canvas');
    const plot = page.locator('.plot-host').first();
    assert.equal(await plot.evaluate((one) => getComputedStyle(one).touchAction), 'pan-y');
    await plot.scrollIntoViewIfNeeded();
    const before = await textOf(page, '.toolbar .range');
    const box = await plot.boundingBox();
    const client = await page.context().newCDPSession(page);
    const touch = (type, x) => client.send('Input.dispatchTouchEvent', {type,
      touchPoints: type === 'touchEnd' ? [] : [{x: box.x + x, y: box.y + 70}]});
    await touch('touchStart', 250);
    for (let x = 240; x >= 150; x -= 10)
      await touch('touchMove', x);
    await touch('touchEnd');
    assert.notEqual(await textOf(page, '.toolbar .range'), before);
  });
});
