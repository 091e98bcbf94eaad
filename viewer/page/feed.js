// SPDX-License-Identifier: MIT
// Where the page has its data from: the program that served it, or the snapshot that it is part of.
// Both answer the same questions.

import {applyEvents, applyOverview, applyUpdate} from './store.js';

async function get(path, parameters) {
  const query = new URLSearchParams(
    Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null));
  const answer = await fetch(`${path}?${query}`);
  if (answer.status === 404)
    return null;
  const body = await answer.json();
  if (!answer.ok)
    throw new Error(body.error ?? `${path}: ${answer.status}`);
  return body;
}

function address(path, parameters) {
  return `${path}?${new URLSearchParams(
    Object.entries(parameters)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([key, value]) => [key, typeof value === 'number' ? String(Math.round(value)) : value]))}`;
}

// tell(what): 'change' when the store has changed, 'event' with a new event, 'connected' and 'lost'.
export function liveFeed(store, tell) {
  async function askForEvents() {
    const answer = await get('api/events', {limit: 200});
    if (answer) {
      applyEvents(store, answer.events);
      tell('change');
    }
  }

  return {
    isSnapshot: false,
    start() {
      const stream = new EventSource('api/stream');
      stream.addEventListener('overview', (message) => {
        applyOverview(store, JSON.parse(message.data));
        tell('connected');
        tell('change');
        askForEvents().catch(() => {});
      });
      stream.addEventListener('update', (message) => {
        applyUpdate(store, JSON.parse(message.data));
        tell('change');
      });
      stream.addEventListener('event', (message) => {
        const event = JSON.parse(message.data);
        applyEvents(store, [event]);
        tell('event', event);
        tell('change');
      });
      stream.addEventListener('error', () => {
        tell('lost');
        // What the browser does not try again by itself, as an answer of 503, is tried anew.
        if (stream.readyState === EventSource.CLOSED)
          setTimeout(() => this.start(), 2000);
      });
    },
    history: (source, from, to, points) => get('api/history',
      {source, from: Math.floor(from), to: Math.ceil(to), points}),
    events: async (source) => (await get('api/events', {source, limit: 500}))?.events ?? [],
    csvAddress: (source, from, to) => address('api/history.csv', {source, from, to}),
    snapshotAddress: (source, from, to) => address('api/snapshot', {source, from, to}),
  };
}

// `data` is what the program wrote into the file.
export function snapshotFeed(store, tell, data) {
  return {
    isSnapshot: true,
    made: data.made,
    start() {
      applyOverview(store, data.overview);
      applyEvents(store, data.events.events);
      tell('change');
    },
    history: async (source) => Object.hasOwn(data.history, source) ? data.history[source] : null,
    events: async (source) => data.events.events.filter((event) => event.source === source),
    csvAddress: () => null,
    snapshotAddress: () => null,
  };
}
