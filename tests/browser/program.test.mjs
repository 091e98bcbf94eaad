// SPDX-License-Identifier: MIT
// The page of the real program, on what the real daemon writes.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {pathToFileURL} from 'node:url';
import {after, before, test} from 'node:test';

import {closePage, end, figuresOf, launch, openPage, picture, secondMs, startView, temporaryFolder, textOf, until}
  from './lib.mjs';

const MB = 2 ** 20;
let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

// Opens the page of a program that reads what is written to it, and ends both.
async function see(args, options, look) {
  const view = await startView(...args);
  let page;
  try {
    page = await openPage(browser, view.url, options);
    await page.waitForSelector('#status:not([data-state="lost"])');
    await look(page, view);
    await closePage(page);
  } finally {
    await page?.context().close();
    await view.stop();
  }
}

function runstatd(...args) {
  return spawn(process.env.RUNSTATD, ['-c', '/dev/null', ...args], {stdio: ['ignore', 'pipe', 'ignore']});
}

function time(ms) {
  return new Date(ms).toISOString().replace('Z', '000+00:00');
}

const line = (source, ms, body) => `${time(ms)} heroku[${source}]: source=${source} dyno=unit.1 ${body}\n`;

function memoryLine(source, ms, mb, quota = 512) {
  return line(source, ms, `sample#memory_total=${mb}.00MB sample#memory_rss=${mb}.00MB sample#memory_cache=0.00MB ` +
    'sample#memory_swap=0.00MB sample#memory_pgpgin=1pages sample#memory_pgpgout=1pages ' +
    `sample#memory_quota=${quota}.00MB`);
}

// A number of a line or of the page, without its unit.
function numberIn(text) {
  const [digits] = /-?[0-9][0-9,.]*/.exec(text) ?? [];
  return Number(digits?.replaceAll(',', ''));
}

test('the numbers on the page are those of the lines', async () => {
  const daemon = runstatd('-i', '1s', '-n', '3', '-t', 'host', '-t', 'web.1=self', '-m', 'all', '--prefix=logplex');
  let lines = '';
  daemon.stdout.on('data', (data) => (lines += data));
  await once(daemon, 'close');

  // What the last lines of each target say.
  const wanted = {};
  for (const one of lines.split('\n').filter((text) => text.includes('sample#'))) {
    const [, stamp, source] = /^([^ ]+) heroku\[([^\]]+)\]/.exec(one);
    if (wanted[source]?.stamp !== stamp)
      wanted[source] = {stamp, values: {}};
    for (const [, key, value] of one.matchAll(/sample#([a-z0-9_]+)=([^ ]+)/g))
      wanted[source].values[key] = value;
  }
  assert.ok(Object.keys(wanted['host.1'].values).length > 40);

  await see([], {}, async (page, view) => {
    view.write(lines);
    for (const source of ['host.1', 'web.1']) {
      await page.waitForSelector(`tr[data-source="${source}"]`);
      await page.locator(`tr[data-source="${source}"] a`).click();
      await until(async () => await textOf(page, '.detail h2 .name') === source, source);
      await page.locator('.last-tick summary').click();
      const shown = await page.locator('.values dd').evaluateAll((all) =>
        Object.fromEntries(all.map((one) => [one.dataset.key, one.textContent])));
      const {values} = wanted[source];
      assert.deepEqual(Object.keys(shown).sort(), Object.keys(values).sort(), source);
      for (const [key, value] of Object.entries(values))
        assert.equal(numberIn(shown[key]), numberIn(value), `${source} ${key}: ${shown[key]} of ${value}`);
      assert.equal((await figuresOf(page, 'memory'))['total now'], `${shown.memory_total}`);
      assert.equal(numberIn((await figuresOf(page, 'threads')).threads), numberIn(values.threads));
      assert.equal(numberIn((await figuresOf(page, 'zombies')).zombies), numberIn(values.zombies));
      await page.locator('.last-tick summary').click();
    }
    await page.waitForSelector('.plot canvas');
  });
});

test('the first figures are there within two ticks, and while a parent does not wait, who it is', async () => {
  const keeper = spawn(process.env.KEEPER, ['--every', '0.2', '--name', 'gem', '--child-name', 'helper', 'never-waits'],
    {stdio: ['pipe', 'pipe', 'inherit']});
  const [ready] = await once(createInterface({input: keeper.stdout}), 'line');
  const truth = Object.fromEntries(ready.split(' ').map((word) => word.split('=')));
  try {
    await see([], {}, async (page, view) => {
      const daemon = runstatd('-i', '1s', '-t', `web.1=pid:${truth.pid}`, '--prefix=logplex');
      daemon.stdout.pipe(view.child.stdin);
      const started = performance.now();
      await page.waitForSelector('tr[data-source="web.1"]');
      const first = performance.now() - started;
      assert.ok(first < 2 * secondMs, `the first figures after ${first} ms`);
      const {ms} = await until(async () => /zombies of gem/.test(await page.locator('.attention').innerText()),
        'the culprit', 60 * secondMs);
      const story = page.locator('.story').first();
      const said = await story.innerText();
      assert.ok(said.includes(`gem (${truth.parent_pid})`), said);
      assert.match(said, /helper/);
      assert.match(said, /Why .{10}/);
      assert.match(said, /What to do .{10}/);
      const box = await story.boundingBox();
      assert.ok(box.y >= 0 && box.y + box.height <= 900, 'it is on the first screen');
      await picture(page, 'culprit');
      console.log(`first figures after ${Math.round(first)} ms, the culprit ${Math.round(ms)} ms later`);

      // All the time there are new zombies, and the page goes with them.
      const before = numberIn(await textOf(page, 'tr[data-source="web.1"] .zombies'));
      await until(async () => numberIn(await textOf(page, 'tr[data-source="web.1"] .zombies')) > before, 'more zombies');
      await end(daemon);
    });
  } finally {
    await end(keeper);
  }
});

test('a line is on the page within a second', async () => {
  await see([], {}, async (page, view) => {
    view.write(memoryLine('web.1', Date.now() - 20000, 100));
    await page.waitForSelector('tr[data-source="web.1"]');
    await page.locator('tr[data-source="web.1"] a').click();
    const spent = [];
    for (const mb of [200, 300, 400]) {
      view.write(memoryLine('web.1', Date.now(), mb));
      const {ms} = await until(async () => (await figuresOf(page, 'memory'))['total now'] === `${mb}.00 MB`, `${mb} MB`);
      spent.push(Math.round(ms));
    }
    console.log(`from the line to the page: ${spent.join(', ')} ms`);
    assert.ok(Math.max(...spent) < secondMs, `${spent} ms`);
    // And in the charts.
    await until(async () => /rss 400 MB/.test(await textOf(page, '.chart .legend')), 'the chart', 5 * secondMs);
  });
});

const CAUSES = ['never_waits', 'too_slow', 'sigchld_blocked', 'parent_stopped', 'parent_stuck', 'init_not_reaping',
  'probe_orphans'];

test('for each cause why it is and what to do', async () => {
  await see([], {}, async (page, view) => {
    const now = Date.now();
    for (const [i, cause] of CAUSES.entries()) {
      view.write(memoryLine(`web.${i + 1}`, now, 100));
      view.write(line(`web.${i + 1}`, now, `event=zombies state=enter level=warning parent_pid=${100 + i} parent_comm=app ` +
        `parent_unit=web.service zombies=11 oldest_s=120 created_per_h=360 reaped_per_h=0 child_comm=convert sigchld=default cause=${cause}`));
    }
    await until(async () => await page.locator('.targets tbody tr').count() === CAUSES.length, 'all targets');
    const said = [];
    for (const i of CAUSES.keys()) {
      await page.goto(`${view.url}#/target/web.${i + 1}`);
      await until(async () => await textOf(page, '.detail h2 .name') === `web.${i + 1}`, 'the target');
      await page.waitForSelector('.detail .condition .advice');
      said.push([await textOf(page, '.detail .condition .cause'), await textOf(page, '.detail .condition .advice')]);
    }
    for (const [why, todo] of said) {
      assert.match(why, /^Why .{15,}/);
      assert.match(todo, /^What to do .{15,}/);
    }
    assert.equal(new Set(said.map(([why]) => why)).size, CAUSES.length, 'each its own');
    assert.ok(new Set(said.map(([, todo]) => todo)).size >= CAUSES.length - 1, 'each its own');
  });
});

test('the figures of requests are those of the router’s lines', async () => {
  await see([], {}, async (page, view) => {
    const now = Date.now();
    assert.equal(await textOf(page, '[data-figure="response"] .no-data'), 'No data');
    // 100 requests: 1 ms to 100 ms; every tenth is a 404, one is a 503 with its code.
    for (let i = 1; i <= 100; i++) {
      const status = i === 100 ? 503 : i % 10 === 0 ? 404 : 200;
      const what = status === 503 ? 'at=error code=H12 desc="Request timeout"' : 'at=info';
      view.write(`${time(now - 30000 + i)} heroku[router]: ${what} method=GET path="/" host=example.org fwd="10.0.0.1" ` +
        `dyno=web.${i <= 40 ? 1 : 2} connect=1ms service=${i}ms status=${status} bytes=10\n`);
    }
    await until(async () => (await figuresOf(page, 'status'))['2xx'] === '90', 'the requests');
    assert.deepEqual(await figuresOf(page, 'status'), {'2xx': '90', '3xx': '0', '4xx': '9', '5xx': '1'});
    const response = await figuresOf(page, 'response');
    assert.ok([50, 51].includes(numberIn(response.median)), response.median);
    assert.ok([95, 96].includes(numberIn(response['95th percentile'])), response['95th percentile']);
    assert.equal((await figuresOf(page, 'codes')).H12, '1');
    await page.goto(`${view.url}#/requests`);
    await page.waitForSelector('.plot canvas');
    await until(async () => await page.locator('.dynos tbody tr').count() === 2, 'both dynos');
    const dynos = await page.locator('.dynos tbody tr').evaluateAll((all) => all.map((row) =>
      [...row.querySelectorAll('td')].map((cell) => cell.textContent)));
    assert.deepEqual(dynos, [['web.1', '40', '20 ms', '38 ms'], ['web.2', '60', '70 ms', '97 ms']]);
  });
});

test('memory of the last minute, average and maximum of quota', async () => {
  await see([], {}, async (page, view) => {
    const now = Date.now();
    for (const [ago, mb] of [[120, 500], [40, 100], [20, 200], [0, 150]])
      view.write(memoryLine('web.1', now - ago * 1000, mb));
    await page.waitForSelector('tr[data-source="web.1"]');
    await page.locator('tr[data-source="web.1"] a').click();
    await until(async () => (await figuresOf(page, 'memoryMinute')).maximum === '200.00 MB', 'the maximum');
    assert.equal((await figuresOf(page, 'memoryMinute')).average, '150.00 MB');
    assert.match(await textOf(page, '[data-figure="memoryMinute"]'), /39 % of quota/);
  });
});

test('hostile names of the lines are text', async () => {
  const evil = '<img src=x onerror=alert(1)>';
  await see([], {}, async (page, view) => {
    const now = Date.now();
    view.write(`${JSON.stringify({ts: time(now), source: 'web.1', dyno: 'unit.1', memory_total: 100 * MB, memory_rss: 100 * MB,
      memory_cache: 0, memory_swap: 0, memory_pgpgin: 1, memory_pgpgout: 1, memory_quota: 512 * MB})}\n`);
    view.write(`${JSON.stringify({ts: time(now), source: 'web.1', dyno: 'unit.1', event: 'zombies', state: 'enter',
      level: 'warning', parent_pid: 812, parent_comm: evil, parent_unit: '"><script>alert(2)</script>', zombies: 11,
      oldest_s: 5, created_per_h: 360, reaped_per_h: 0, child_comm: '</script>', sigchld: 'default', cause: 'never_waits'})}\n`);
    await page.waitForSelector('.story');
    assert.ok((await textOf(page, '.story')).includes(`${evil} (812)`), await textOf(page, '.story'));
    assert.equal(await page.evaluate(() => document.querySelectorAll('main img, main script').length), 0);
    const answer = await page.request.get(`${view.url}api/snapshot`);
    assert.equal((await answer.text()).includes(evil), false);
  });
});

// From the start of the navigation until all two hundred are there and a search is answered, by the page's
// own clock, in ms.
async function interactiveAfter(page) {
  await page.waitForFunction(() => document.querySelectorAll('.targets tbody tr').length === 200);
  const ms = await page.evaluate(() => {
    const began = performance.now();
    const search = document.getElementById('search');
    search.value = 'web.77';
    search.dispatchEvent(new Event('input'));
    const found = document.querySelectorAll('.targets tbody tr');
    const isFound = found.length === 1 && found[0].dataset.source === 'web.77' && found[0].offsetHeight > 0;
    return isFound ? performance.getEntriesByName('all-targets')[0].startTime + performance.now() - began : NaN;
  });
  return Math.round(ms);
}

test('a day of two hundred targets: interactive within a second', async () => {
  const view = await startView();
  try {
    const now = Date.now();
    const ticks = 4320;
    const started = performance.now();
    for (let tick = ticks; tick >= 0; tick--) {
      const at = now - tick * 20000;
      let text = '';
      for (let i = 1; i <= 200; i++)
        text += memoryLine(`web.${i}`, at, 50 + (tick + i * 7) % 300);
      if (!view.write(text))
        await once(view.child.stdin, 'drain');
    }
    const answer = async () => (await fetch(`${view.url}api/overview`)).json();
    await until(async () => (await answer()).counts.samples >= 200 * (ticks + 1), 'the whole day', 200 * secondMs);
    const loaded = performance.now() - started;
    const {history} = await answer();
    assert.ok(history.bytes <= 64 * MB, `${history.bytes} bytes`);

    // The first time with a browser that has only just been started; then as who has it open sees it.
    const page = await openPage(browser, view.url);
    const cold = await interactiveAfter(page);
    const spent = [];
    for (let i = 0; i < 5; i++) {
      await page.goto(view.url);
      spent.push(await interactiveAfter(page));
    }
    const interactive = spent.toSorted((a, b) => a - b)[2];
    await page.locator('#search').fill('web.77');
    await page.locator('#search').press('Enter');
    await page.waitForSelector('.plot canvas');
    await page.locator('.toolbar button', {hasText: '24 h'}).click();
    await until(async () => /rss \d/.test(await textOf(page, '.chart .legend')), 'the chart');
    await picture(page, 'day');
    await closePage(page);
    console.log(`${200 * (ticks + 1)} lines read in ${Math.round(loaded)} ms, ${history.bytes} bytes of history; ` +
      `interactive after ${interactive} ms (${spent.join(', ')}; ${cold} in a new browser)`);
    assert.ok(interactive < secondMs, `${interactive} ms`);
  } finally {
    await view.stop();
  }
});

test('a snapshot, of the page and of the command line, opens from a file and asks for nothing', async () => {
  const folder = await temporaryFolder();
  try {
    const lines = join(folder.path, 'lines');
    const now = Date.now() - 60000;
    const {writeFile} = await import('node:fs/promises');
    await writeFile(lines, Array.from({length: 30}, (_, i) => memoryLine('web.1', now - (29 - i) * 20000, 100 + i)).join(''));
    const file = join(folder.path, 'snapshot.html');
    const child = spawn(process.env.RUNSTAT_VIEW, [`--snapshot=${file}`, lines], {stdio: ['ignore', 'ignore', 'inherit']});
    assert.deepEqual(await once(child, 'exit'), [0, null]);

    const view = await startView();
    view.write(await readFile(lines, 'utf8'));
    await until(async () => (await (await fetch(`${view.url}api/overview`)).json()).counts.samples === 30, 'all lines');
    const answer = await fetch(`${view.url}api/snapshot?source=web.1`);
    assert.match(answer.headers.get('content-disposition'), /attachment; filename="?runstat-.*\.html/);
    const served = join(folder.path, 'served.html');
    await writeFile(served, Buffer.from(await answer.arrayBuffer()));
    await view.stop();

    for (const path of [file, served]) {
      const page = await openPage(browser, pathToFileURL(path).href, {offline: true});
      await page.locator('tr[data-source="web.1"] a').click();
      await page.waitForSelector('.plot canvas');
      assert.equal((await figuresOf(page, 'memory'))['total now'], '129.00 MB');
      assert.match(await textOf(page, '#status'), /^Snapshot of/);
      assert.deepEqual(page.requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:')), []);
      await closePage(page);
    }
  } finally {
    await folder.remove();
  }
});
