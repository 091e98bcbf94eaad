// SPDX-License-Identifier: MIT
// What the tests of the page share: a browser that reports whatever a page may not do, and the programs.
//
//   BROWSER_MODULES   the folder whose node_modules has what package.json names
//   PAGE_FILES        the folder of what was made of the page
//   PICTURES          where screenshots are left
//   CHROMIUM          the browser
//   RUNSTAT_VIEW, RUNSTATD, KEEPER   the programs
//   RUNSTATD_SLOW     how many times slower than usual this machine may be (1)

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, mkdtemp, readFile, rm} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

const modules = createRequire(join(process.env.BROWSER_MODULES, 'package.json'));
const {chromium} = modules('playwright-core');
const axePath = modules.resolve('axe-core');

export const pageFiles = process.env.PAGE_FILES;
// What may take a second takes longer on a machine that is so many times slower than usual.
export const secondMs = 1000 * Number(process.env.RUNSTATD_SLOW ?? 1);
const pictures = process.env.PICTURES;

const ARGUMENTS = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

export async function launch() {
  await mkdir(pictures, {recursive: true});
  return chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', chromiumSandbox: false,
    args: ARGUMENTS});
}

/*
 * A page that notes each request to another place than its own, each complaint of the browser and each
 * error: `page.complaints` must be empty at the end. Options: width, height, scheme, now (the clock that
 * the page sees begins there), and those of the browser's.
 */
export async function openPage(browser, address, {width = 1440, height = 900, scheme = 'light', now, ...more} = {}) {
  const context = await browser.newContext({viewport: {width, height}, colorScheme: scheme, timezoneId: 'UTC',
    locale: 'en-GB', ...more});
  const page = await context.newPage();
  page.complaints = [];
  page.requests = [];
  const origin = address.startsWith('file:') ? address : new URL(address).origin;
  page.on('request', (request) => {
    page.requests.push(request.url());
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:'))
      page.complaints.push(`request to ${request.url()}`);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !page.expected?.test(message.text()))
      page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(error.stack));
  page.on('dialog', (dialog) => {
    page.complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  if (now)
    await page.clock.install({time: now});
  await page.goto(address);
  return page;
}

export async function closePage(page) {
  const {complaints} = page;
  await page.context().close();
  assert.deepEqual(complaints, [], 'the browser has complained');
}

export function picture(page, name, options = {}) {
  return page.screenshot({path: join(pictures, `${name}.png`), ...options});
}

// What axe finds wrong with the page for people who do not see it, or do not use a mouse.
export async function violations(page) {
  await page.evaluate(await readFile(axePath, 'utf8'));
  const found = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }));
  return found.violations.map(({id, nodes}) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`)
    .join('\n')}`);
}

export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'runstat-browser-'));
  return {path, remove: () => rm(path, {recursive: true, force: true})};
}

// A port that nobody listens at now.
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// runstat-view, once it says where it is to be reached; lines may be written to it.
export async function startView(...args) {
  const child = spawn(process.env.RUNSTAT_VIEW, [`--listen=127.0.0.1:${await freePort()}`, ...args],
    {stdio: ['pipe', 'ignore', 'pipe']});
  child.stdin.on('error', () => {});
  const said = [];
  const url = await new Promise((resolve, reject) => {
    createInterface({input: child.stderr}).on('line', (line) => {
      said.push(line);
      const [address] = /http:\/\/[^ ]+/.exec(line) ?? [];
      if (address)
        resolve(address.endsWith('/') ? address : `${address}/`);
    });
    child.on('exit', (code) => reject(new Error(`runstat-view has ended with ${code}: ${said.join('\n')}`)));
  });
  return {url, said, child, write: (text) => child.stdin.write(text), stop: () => end(child)};
}

export async function end(child, signal = 'SIGTERM') {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
}

// Asks again until `check` returns something that is true, for at most so long.
export async function until(check, what, ms = 10000) {
  const started = performance.now();
  for (;;) {
    const value = await check();
    if (value)
      return {value, ms: performance.now() - started};
    if (performance.now() - started > ms)
      assert.fail(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const textOf = (page, selector) => page.locator(selector).first().innerText();

// The figures of a card: {"per minute": "120", …}.
export function figuresOf(page, name) {
  return page.locator(`[data-figure="${name}"]:visible`).first().evaluate((card) => Object.fromEntries(
    [...card.querySelectorAll('.figure')].map((figure) =>
      [figure.querySelector('.label').textContent, figure.querySelector('b').textContent])));
}
