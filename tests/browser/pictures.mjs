// SPDX-License-Identifier: MIT
// The pictures of the documentation, of the real program: pictures.mjs FOLDER. What it reads is made up:
// six hours of a small site, where a gem of web.1 does not wait for its children, and worker.1 swaps.

import {join} from 'node:path';

import {closePage, launch, openPage, startView, until} from './lib.mjs';

const MB = 2 ** 20;
const STEP = 20000;
const TICKS = 1080;
const folder = process.argv[2];
const now = Date.now();

// The same each time, so that a picture changes only when the page does.
let seed = 7;
function random() {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed / 2147483648;
}

const stamp = (t) => new Date(t).toISOString().replace('Z', '000+00:00');
const dyno = (source, t) => source === 'web.1' && t < now - (TICKS - 350) * STEP ? 'unit.77aa' : `unit.${source.replace('.', '')}4c1d`;
const line = (source, t, body) => `${stamp(t)} heroku[${source}]: source=${source} dyno=${dyno(source, t)} ${body}\n`;
const wave = (i, period, low, high) => low + (high - low) * (0.5 + 0.5 * Math.sin(i / period * 2 * Math.PI));
const size = (mb) => `${mb.toFixed(2)}MB`;

const NAMES = ['web.1', 'web.2', 'web.3', 'web.4', 'worker.1', 'worker.2', 'clock.1', 'nginx.1', 'postgres.1', 'redis.1',
  'mailer.1', 'search.1', 'cron.1', 'journal.1', 'sshd.1', 'backup.1'];

function samples(source, k, i, t) {
  const swaps = source === 'worker.1';
  const leaks = source === 'web.1';
  const quota = 512;
  const rss = (swaps ? 260 + i * 0.26 : wave(i + k * 97, 300 + k * 31, 0.18, 0.42) * quota) + random() * 6;
  const swap = swaps ? Math.max(0, i - 800) * 0.12 : 0;
  const cache = 30 + k * 4 % 70 + i * 0.02;
  const zombies = leaks ? Math.max(0, Math.round((i - 600) * 0.5)) : 0;
  const threads = Math.round(wave(i + k * 50, 180, 24, 42) + random() * 4 + k * 3 % 17);
  const load = Math.max(0, wave(i + k * 40, 210, 0.1, 1.4 + k % 4 * 0.3) + (random() - 0.5) * 0.5);
  return line(source, t, `sample#load_avg_1m=${load.toFixed(2)} sample#load_avg_5m=${(load * 0.8 + 0.1).toFixed(2)} ` +
      `sample#load_avg_15m=${(load * 0.5 + 0.3).toFixed(2)}`) +
    line(source, t, `sample#memory_total=${size(rss + swap + cache)} sample#memory_rss=${size(rss)} sample#memory_cache=${size(cache)} ` +
      `sample#memory_swap=${size(swap)} sample#memory_pgpgin=${1000 + i}pages sample#memory_pgpgout=${900 + i}pages sample#memory_quota=${size(quota)}`) +
    line(source, t, `sample#processes=${4 + k % 5} sample#threads=${threads} sample#zombies=${zombies} sample#zombies_stuck=${zombies} ` +
      `sample#threads_running=1 sample#threads_blocked=0 sample#pids=${threads + zombies} sample#pids_limit=512`);
}

function events(i, t) {
  const zombies = Math.round((i - 600) * 0.5);
  const parent = `parent_pid=812 parent_comm=puma parent_unit=web.service zombies=${zombies} oldest_s=${(i - 600) * 20} ` +
    'created_per_h=90 reaped_per_h=0 child_comm=convert sigchld=default cause=never_waits';
  if (i === 350)
    return line('web.1', t, 'event=restarted state=enter level=info old_dyno=unit.77aa');
  if (i === 612 || i === 780 || i === 960 || i === TICKS - 1)
    return line('web.1', t, `event=zombies state=${i === 612 ? 'enter' : 'update'} level=warning ${parent}`);
  if (i === 700 || i === TICKS)
    return line('web.1', t, `event=leak state=${i === 700 ? 'enter' : 'update'} level=${i === 700 ? 'warning' : 'error'} metric=zombies ` +
      `value=${zombies} slope_per_h=90 limit=512 limit_by=pids_limit eta_s=${Math.round((512 - zombies) * 40)} window_s=8000 samples=400 top_pid=812 top_comm=puma`);
  if (i === 960 || i === TICKS - 2)
    return line('worker.1', t, `event=quota state=${i === 960 ? 'enter' : 'update'} level=warning code=R14 value=${Math.round(520 * MB)} limit=${512 * MB} percent=101`);
  return '';
}

function request(t, i) {
  const service = Math.round(12 + random() ** 6 * 900);
  const status = random() < 0.004 ? 503 : random() < 0.03 ? 404 : random() < 0.05 ? 302 : 200;
  const what = status === 503 ? 'at=error code=H12 desc="Request timeout"' : 'at=info';
  return `${stamp(t)} heroku[router]: ${what} method=GET path="/" host=example.org dyno=web.${i % 4 + 1} ` +
    `connect=1ms service=${service}ms status=${status} bytes=512\n`;
}

const view = await startView();
for (let i = 0; i <= TICKS; i++) {
  const t = now - (TICKS - i) * STEP;
  view.write(NAMES.map((source, k) => i > 345 && i < 350 && k === 0 ? '' : samples(source, k, i, t)).join('') + events(i, t));
}
for (let i = 0; i < 900; i++)
  view.write(request(now - 300000 + i * 333, i));
// It goes on while it is looked at.
const ticking = setInterval(() => view.write(NAMES.map((source, k) => samples(source, k, TICKS, Date.now())).join('')), STEP);
let asked = 0;
const asking = setInterval(() => view.write(request(Date.now(), asked++)), 333);
await until(async () => {
  const {counts} = await (await fetch(`${view.url}api/overview`)).json();
  return counts.samples >= NAMES.length * 3 * TICKS - 100 && counts.router >= 900;
}, 'all lines', 60000);

const browser = await launch();
for (const [name, at, options] of [
  ['overview', '', {width: 1240, height: 760}],
  ['overview-dark', '', {width: 1240, height: 760, scheme: 'dark'}],
  ['target', '#/target/web.1', {width: 1400, height: 1040}],
  ['phone', '', {width: 390, height: 760, isMobile: true, hasTouch: true}],
  ['phone-dark', '#/target/web.1', {width: 390, height: 760, scheme: 'dark', isMobile: true, hasTouch: true}],
]) {
  const page = await openPage(browser, view.url + at, options);
  await page.waitForSelector(at ? '.plot canvas' : '.story');
  if (at) {
    await page.locator('.toolbar button', {hasText: '6 h'}).click();
    await page.waitForTimeout(1500);
  }
  await page.screenshot({path: join(folder, `${name}.png`)});
  await closePage(page);
}
clearInterval(ticking);
clearInterval(asking);
await browser.close();
await view.stop();
