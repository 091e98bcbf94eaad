// SPDX-License-Identifier: MIT
// A program that serves the page as runstat-view does, from what a test puts into it: see viewer/API.md.

import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {join} from 'node:path';

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES = {html: 'text/html', js: 'text/javascript', css: 'text/css'};

function histories(world, source, query) {
  if (!Object.hasOwn(world.history, source))
    return null;
  const history = world.history[source];
  const from = Number(query.get('from') ?? 0);
  const to = Number(query.get('to') ?? Infinity);
  const kept = history.t.map((t, i) => i).filter((i) => history.t[i] >= from && history.t[i] <= to);
  const pick = (all) => kept.map((i) => all[i]);
  const columns = Object.entries(history.columns).map(([key, column]) =>
    [key, Object.fromEntries(Object.entries(column).map(([name, all]) => [name, pick(all)]))]);
  return {...history, t: pick(history.t), columns: Object.fromEntries(columns)};
}

// `files` is the folder of what was made of the page; `world` has overview, events and history.
export async function startMock(files, world) {
  const streams = new Set();
  const asked = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    asked.push(request.url);
    response.setHeader('Content-Security-Policy', POLICY);
    response.setHeader('Cache-Control', 'no-store');
    const json = (value) => {
      response.writeHead(value === null ? 404 : 200, {'Content-Type': 'application/json'});
      response.end(JSON.stringify(value ?? {error: 'no such target'}));
    };
    const name = url.pathname === '/' ? 'index.html' : url.pathname.slice(1);
    if (name === 'api/stream') {
      response.writeHead(200, {'Content-Type': 'text/event-stream'});
      response.write(`retry: 200\n\nevent: overview\ndata: ${JSON.stringify(world.overview)}\n\n`);
      streams.add(response);
      response.on('close', () => streams.delete(response));
    } else if (name === 'api/overview') {
      json(world.overview);
    } else if (name === 'api/history') {
      json(histories(world, url.searchParams.get('source'), url.searchParams));
    } else if (name === 'api/events') {
      const source = url.searchParams.get('source');
      json({events: world.events.filter((event) => !source || event.source === source), more: false, dropped: 0});
    } else if (name === 'api/snapshot') {
      const data = {made: world.overview.now, overview: world.overview,
        events: {events: world.events, more: false, dropped: 0}, history: world.history};
      const text = JSON.stringify(data).replace(/[<>&\u2028\u2029]/g,
        (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
      const template = await readFile(join(files, 'snapshot.html'), 'utf8');
      response.writeHead(200, {'Content-Type': 'text/html; charset=utf-8',
        'Content-Disposition': 'attachment; filename="runstat-20261128-120000.html"'});
      response.end(template.split('@SNAPSHOT@').join(text));
    } else {
      try {
        const body = await readFile(join(files, name));
        response.writeHead(200, {'Content-Type': `${TYPES[name.split('.').pop()]}; charset=utf-8`});
        response.end(body);
      } catch {
        response.writeHead(404).end();
      }
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    asked,
    // Tells all pages.
    send(name, data) {
      for (const stream of streams)
        stream.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    // As when a client was too slow.
    drop() {
      for (const stream of streams)
        stream.destroy();
    },
    // As when the program ends.
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
