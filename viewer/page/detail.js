// SPDX-License-Identifier: MIT
// One target: what is wrong with it, its figures, and how it came to that.

import {makeCharts, REQUEST_CHARTS, TARGET_CHARTS} from './charts.js';
import {h, setItems, setText} from './dom.js';
import {conditionKey, makeCondition, makeHappened} from './events.js';
import {explain} from './explain.js';
import {makeFigure} from './figures.js';
import {bytes, duration, fixed, isKnown, megabytes, milliseconds, number, percent, UNKNOWN, when} from './format.js';
import {makeBar, makeSeverity} from './marks.js';
import {memoryParts} from './targets.js';

const EVENTS_SHOWN = 100;

function makeBox(title, name, ...content) {
  return h('section', {class: 'card', 'data-figure': name}, h('h3', {}, title, ' ', ...explain(name)),
    h('div', {class: 'card-body'}, ...content));
}

// The figures of a target, each as exact as the lines are.
function makeTargetFigures() {
  const total = makeFigure('total now');
  const mean = makeFigure('average');
  const highest = makeFigure('maximum');
  const parts = makeFigure('rss + swap');
  const memoryBar = makeBar();
  const loads = ['1 min', '5 min', '15 min'].map(makeFigure);
  const used = makeFigure('of the limit');
  const taskBar = makeBar();
  const threads = makeFigure('threads');
  const processes = makeFigure('processes');
  const zombies = makeFigure('zombies');
  const stuck = makeFigure('stuck');
  const restarts = makeFigure('restarts');
  const codes = makeFigure('codes');
  const element = h('div', {class: 'figures'},
    makeBox('Memory', 'memory', total.element, parts.element, memoryBar.element),
    makeBox('Last 60 s', 'memoryMinute', mean.element, highest.element),
    makeBox('Load', 'load', ...loads.map((figure) => figure.element)),
    makeBox('Tasks', 'tasks', used.element, taskBar.element),
    makeBox('Live', 'threads', threads.element, processes.element),
    makeBox('Zombies', 'zombies', zombies.element, stuck.element),
    makeBox('Restarts', 'restarts', restarts.element, codes.element));
  return {
    element,
    update({values = {}, memory = {}, tasks = {}, restarts: times, errors = {}}) {
      const quota = isKnown(values.memory_quota) ? `of ${megabytes(values.memory_quota)}` : '';
      total.set(megabytes(values.memory_total), quota);
      parts.set(isKnown(memory.percent) ? percent(memory.percent, 100) : UNKNOWN, 'of quota');
      memoryBar.update(memoryParts(values), isKnown(memory.max_percent) ? memory.max_percent / 100 : null);
      for (const [figure, value] of [[mean, memory.avg_60s], [highest, memory.max_60s]]) {
        const part = percent(value, values.memory_quota);
        figure.set(isKnown(value) ? megabytes(value) : 'No data', part === UNKNOWN ? '' : `${part} of quota`);
      }
      ['load_avg_1m', 'load_avg_5m', 'load_avg_15m'].forEach((key, i) => loads[i].set(fixed(values[key])));
      used.set(number(tasks.used), isKnown(tasks.limit) ? `of ${number(tasks.limit)}, ${percent(tasks.percent, 100)}` : 'no limit known');
      taskBar.update([{kind: 'live', part: tasks.limit > 0 ? (tasks.used - (values.zombies ?? 0)) / tasks.limit : 0},
        {kind: 'dead', part: tasks.limit > 0 ? (values.zombies ?? 0) / tasks.limit : 0}], null);
      threads.set(number(values.threads), isKnown(values.threads_running)
        ? `${number(values.threads_running)} running, ${number(values.threads_blocked)} blocked` : '');
      processes.set(number(values.processes), values.partial ? 'of those that were seen' : '');
      zombies.set(number(values.zombies), isKnown(tasks.zombies_max) ? `at most ${number(tasks.zombies_max)}` : '');
      stuck.set(number(values.zombies_stuck));
      restarts.set(number(times ?? 0));
      const all = Object.entries(errors).map(([code, n]) => `${code} × ${number(n)}`).join(', ');
      codes.set(all || 'none');
    },
  };
}

// A value of the last tick as the lines have it.
function exact(key, value) {
  if (/^(memory_(?!pg|events)|swap_max$|io_[rw]bytes$|self_rss$)/.test(key))
    return megabytes(value);
  if (/^(cpu_(usage|user|system|throttled)$|pressure_.*_stalled$|self_(cpu|tick$|late$))/.test(key))
    return `${number(value, 6)} s`;
  if (/^(load_avg_|pressure_.*_avg|cpu_limit)/.test(key))
    return fixed(value);
  return number(value, 6);
}

function makeValue([key]) {
  const value = h('dd', {'data-key': key});
  const element = h('div', {}, h('dt', {}, key), value);
  return {element, update: ([, now]) => setText(value, exact(key, now))};
}

// options: {feed, now(), next(n): the source n further in the list}
export function makeDetail(options) {
  const severity = makeSeverity();
  const name = h('span', {class: 'name'});
  const heading = h('h2', {tabindex: '-1'}, severity.element, name);
  const about = h('p', {class: 'about'});
  const csv = h('a', {class: 'button', download: ''}, 'CSV');
  const snapshot = h('a', {class: 'button', download: ''}, 'Snapshot');
  const links = h('span', {class: 'links'}, csv, snapshot);
  const conditions = h('div', {class: 'conditions'});
  const figures = makeTargetFigures();
  const values = h('dl', {class: 'fields values'});
  const valuesBox = h('details', {class: 'last-tick'}, h('summary', {}, 'All of the last tick'), values);
  const charts = makeCharts({feed: options.feed, now: options.now, moved: (window_) => {
    for (const [link, addressOf] of [[csv, options.feed.csvAddress], [snapshot, options.feed.snapshotAddress]]) {
      const address = addressOf(source, Math.floor(window_.from), Math.ceil(Math.min(window_.to, options.now())));
      link.hidden = address === null;
      if (address !== null)
        link.href = address;
    }
  }});
  const happened = makeHappened({now: options.now, show: (t) => charts.showAround(t)});
  const missing = h('p', {class: 'no-data'});
  const body = h('div', {class: 'detail-body'}, conditions, figures.element, charts.element,
    h('section', {'aria-label': 'What has happened'}, h('h3', {class: 'section'}, 'What has happened'), happened.element),
    valuesBox);
  const element = h('section', {class: 'detail', 'aria-label': 'Target'},
    h('p', {class: 'back'}, h('a', {href: '#/'}, '‹ All targets')),
    h('header', {class: 'detail-head'}, heading, links), about, missing, body);

  let source = null;
  let events = [];
  let shownTick = null;
  let shownEvent = null;
  let target = null;

  function sayAbout() {
    if (!target)
      return;
    const ago = Math.max(0, Math.round((options.now() - target.t) / 1000));
    setText(about, [
      target.state === 'live' ? null : target.state,
      target.dyno,
      isKnown(target.interval_s) ? `every ${duration(target.interval_s)}` : null,
      isKnown(target.first) ? `since ${when(target.first, options.now(), false)}` : null,
      `last tick ${when(target.t, options.now())}, ${duration(ago)} ago`,
    ].filter(Boolean).join(' · '));
  }

  async function askForEvents() {
    const asked = source;
    const all = await options.feed.events(asked).catch(() => []);
    if (asked === source) {
      events = all;
      showEvents();
    }
  }

  function showEvents() {
    happened.update(events.slice(0, EVENTS_SHOWN));
    if (target)
      charts.refresh({first: target.first, conditions: target.conditions, events});
  }

  return {
    element,
    heading,
    show(newSource) {
      source = newSource;
      events = [];
      shownTick = null;
      target = null;
      setText(name, source);
      conditions.items = undefined;
      happened.update([]);
      charts.show(source, TARGET_CHARTS);
      askForEvents();
    },
    update(store) {
      target = store.targets.get(source) ?? null;
      missing.hidden = target !== null;
      body.hidden = target === null;
      setText(missing, store.overview ? 'No data: there is no target of this name.' : 'No data yet.');
      if (!target) {
        severity.update(0);
        setText(about, '');
        return;
      }
      severity.update(target.severity ?? 0);
      sayAbout();
      setItems(conditions, target.conditions ?? [], conditionKey, () => makeCondition({now: options.now}));
      conditions.hidden = (target.conditions ?? []).length === 0;
      figures.update(target);
      setItems(values, Object.entries(target.values ?? {}), ([key]) => key, makeValue);
      const newest = store.events.find((event) => event.source === source)?.id ?? null;
      if (newest !== shownEvent) {
        shownEvent = newest;
        askForEvents();
      }
      if (target.t !== shownTick) {
        shownTick = target.t;
        charts.refresh({first: target.first, conditions: target.conditions, events});
      }
    },
    tick: sayAbout,
    redraw: charts.redraw,
    resize: charts.resize,
  };
}

// The router's lines over time.
export function makeRequests(options) {
  const heading = h('h2', {tabindex: '-1'}, 'Requests');
  const dynos = h('tbody', {});
  const table = h('table', {class: 'dynos'}, h('thead', {}, h('tr', {}, ['Target', 'Last 60 s', 'Median', '95th percentile']
    .map((title, i) => h('th', {scope: 'col', class: i > 0 ? 'number' : ''}, title)))), dynos);
  const csv = h('a', {class: 'button', download: ''}, 'CSV');
  const charts = makeCharts({feed: options.feed, now: options.now, moved: ({from, to}) => {
    const address = options.feed.csvAddress('router', Math.floor(from), Math.ceil(to));
    csv.hidden = address === null;
    if (address !== null)
      csv.href = address;
  }});
  const element = h('section', {class: 'detail', 'aria-label': 'Requests'},
    h('p', {class: 'back'}, h('a', {href: '#/'}, '‹ All targets')),
    h('header', {class: 'detail-head'}, heading, h('span', {class: 'links'}, csv)), charts.element, table);
  let asked = 0;

  function makeDyno() {
    const cells = ['target', 'number', 'number', 'number'].map((name) => h('td', {class: name}));
    return {
      element: h('tr', {}, cells),
      update({source, last_60s: n, median_ms: median, p95_ms: p95}) {
        [source, number(n), milliseconds(median), milliseconds(p95)].forEach((text, i) => setText(cells[i], text));
      },
    };
  }

  return {
    element,
    heading,
    show: () => charts.show('router', REQUEST_CHARTS),
    update(store) {
      const all = store.overview?.requests?.dynos ?? [];
      setItems(dynos, all, (dyno) => dyno.source, makeDyno);
      table.hidden = all.length === 0;
      // Ticks of the router are those of the clock: a new one now and then is enough.
      if (options.now() - asked >= 1000) {
        asked = options.now();
        charts.refresh({first: store.overview?.history?.from, conditions: [], events: []});
      }
    },
    tick() {},
    redraw: charts.redraw,
    resize: charts.resize,
  };
}
