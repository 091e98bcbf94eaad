// SPDX-License-Identifier: MIT
// The page: which part of it is to be seen, and what the keys do.

import {makeAttention} from './attention.js';
import {prepareCharts} from './chart.js';
import {makeDetail, makeRequests} from './detail.js';
import {h, setText} from './dom.js';
import {makeHappened, targetAddress} from './events.js';
import {liveFeed, snapshotFeed} from './feed.js';
import {makeFigures} from './figures.js';
import {count, number, when} from './format.js';
import {makeTheme, recall, remember} from './settings.js';
import {makeStore, severityOf} from './store.js';
import {makeTargets} from './targets.js';

const HAPPENED_SHOWN = 40;

const byId = (id) => document.getElementById(id);

function readSnapshot() {
  const text = byId('snapshot')?.textContent.trim();
  return text ? JSON.parse(text) : null;
}

function start() {
  prepareCharts();
  const store = makeStore();
  const data = readSnapshot();
  const feed = data ? snapshotFeed(store, told, data) : liveFeed(store, told);
  let isConnected = false;
  let ahead = 0; // of our clock, the program's
  let chosen = null;
  let view = null;
  let isDue = false;
  let isShown = false;

  // The time as the program has it; of what is over, the time of its last line.
  function now() {
    if (!store.overview)
      return Date.now();
    return store.overview.live && !feed.isSnapshot ? Date.now() + ahead : store.overview.now;
  }

  const attention = makeAttention(now);
  const figures = makeFigures();
  const targets = makeTargets({now, chosen: () => chosen});
  const happened = makeHappened({now, names: true, brief: true});
  const happenedBox = h('section', {class: 'recent', 'aria-labelledby': 'recent-heading'},
    h('h2', {id: 'recent-heading'}, 'What has happened'), happened.element);
  const detail = makeDetail({feed, now});
  const requests = makeRequests({feed, now});
  const overview = h('div', {class: 'overview'}, attention.element, figures.element);
  const main = byId('main');
  main.append(overview, targets.element, happenedBox);

  function told(what, event) {
    if (what === 'connected' || what === 'lost')
      isConnected = what === 'connected';
    if (what === 'event')
      announce(event);
    if (store.overview)
      ahead = what === 'change' ? store.overview.now - Date.now() : ahead;
    if (!isDue) {
      isDue = true;
      requestAnimationFrame(render);
    }
  }

  // For who listens: what is worth looking at, and no more.
  function announce(event) {
    if (severityOf(event.level) >= 2 && event.state !== 'update')
      setText(byId('said'), `${event.source}: ${event.title}`);
  }

  function render() {
    isDue = false;
    showStatus();
    if (!store.overview)
      return;
    targets.update(store);
    if (!isShown) {
      isShown = true;
      performance.mark('all-targets');
    }
    if (view === null) {
      attention.update(store);
      figures.update(store);
      happened.update(store.events.slice(0, HAPPENED_SHOWN));
    } else {
      view.update(store);
    }
  }

  function showStatus() {
    const status = byId('status');
    const {live, counts = {}, inputs = []} = store.overview ?? {};
    const failed = inputs.find((input) => input.state === 'failed');
    const state = feed.isSnapshot ? 'ended' : !isConnected ? 'lost' : failed ? 'failed' : live ? 'live' : 'ended';
    status.dataset.state = state;
    setText(status, {
      ended: feed.isSnapshot ? `Snapshot of ${when(feed.made, 0)}` : `Ended at ${when(store.overview?.now, 0)}`,
      lost: store.overview ? 'Disconnected, trying again' : 'Connecting',
      failed: `${failed?.name}: ${failed?.error ?? 'cannot be read'}`,
      live: 'Live',
    }[state]);
    setText(byId('counts'), store.overview
      ? `${count(counts.lines ?? 0, 'line')} from ${inputs.map((input) => input.name).join(', ') || 'nowhere'}` +
        `${counts.unknown > 0 ? `, ${number(counts.unknown)} not understood` : ''}` +
        `${counts.targets_ignored > 0 ? `, ${count(counts.targets_ignored, 'target')} left out` : ''}` : '');
  }

  // The part of the address behind # says what is to be seen.
  function route() {
    const [, place, encoded] = /^#\/(target|requests)?\/?(.*)$/.exec(location.hash) ?? [];
    chosen = place === 'target' ? decode(encoded) : null;
    const before = view;
    view = place === 'target' ? detail : place === 'requests' ? requests : null;
    before?.element.remove();
    main.classList.toggle('has-detail', view !== null);
    overview.hidden = view !== null;
    happenedBox.hidden = view !== null;
    document.title = chosen ? `${chosen} – runstat-view` : 'runstat-view';
    if (view) {
      main.append(view.element);
      view.show(chosen);
    }
    render();
    if (view)
      view.heading.focus({preventScroll: true});
    else if (before)
      document.querySelector('.targets a[aria-current], .targets a')?.blur();
    window.scrollTo(0, 0);
  }

  function decode(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  function go(by) {
    const all = targets.shown();
    if (all.length === 0)
      return;
    const focused = document.activeElement?.closest?.('.targets tbody tr')?.dataset.source;
    const at = all.indexOf(focused ?? chosen);
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))];
    if (view === null)
      document.querySelector(`.targets tr[data-source="${CSS.escape(next)}"] a`)?.focus();
    else
      location.hash = targetAddress(next);
  }

  const keys = {
    '/': () => {
      targets.search.focus();
      targets.search.select();
    },
    'j': () => go(1),
    'k': () => go(-1),
    'o': () => (location.hash = '#/'),
    '?': () => byId('help').showModal(),
    't': () => byId('theme').click(),
  };

  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.closest('input, textarea, select');
    if (event.ctrlKey || event.altKey || event.metaKey || byId('help').open)
      return;
    if (event.key === 'Escape' && !document.querySelector(':popover-open')) {
      if (isTyping)
        event.target.blur();
      else if (view !== null)
        location.hash = '#/';
      return;
    }
    if (isTyping || !keys[event.key] || recall('keys') === 'off')
      return;
    event.preventDefault();
    keys[event.key]();
  });

  byId('help-open').addEventListener('click', () => byId('help').showModal());
  byId('keys').checked = recall('keys') !== 'off';
  byId('keys').addEventListener('change', () => remember('keys', byId('keys').checked ? 'on' : 'off'));
  makeTheme(byId('theme'), () => view?.redraw());
  byId('snapshot-link').hidden = feed.isSnapshot;
  byId('snapshot-link').href = feed.snapshotAddress() ?? '#/';
  byId('version').textContent = data ? 'made by runstat-view' : 'runstat-view';

  window.addEventListener('hashchange', route);
  new ResizeObserver(() => view?.resize()).observe(main);
  setInterval(() => {
    if (store.overview?.live && !feed.isSnapshot) {
      targets.tick();
      view?.tick();
    }
  }, 1000);
  route();
  feed.start();
}

start();
