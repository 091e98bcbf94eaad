// SPDX-License-Identifier: MIT
// The charts of one source, which share their window on time.

import {makeChart} from './chart.js';
import {h, setText} from './dom.js';
import {bytes, clock, day, duration, fixed, isKnown, milliseconds, number, when} from './format.js';
import {severityOf} from './store.js';

const MINUTE_MS = 60000;
const SPANS = [
  {name: '15 min', ms: 15 * MINUTE_MS},
  {name: '1 h', ms: 60 * MINUTE_MS},
  {name: '6 h', ms: 360 * MINUTE_MS},
  {name: '24 h', ms: 1440 * MINUTE_MS},
  {name: 'All', ms: null},
];
const SPAN_MIN_MS = 5000;
const SPAN_MAX_MS = 400 * 24 * 60 * MINUTE_MS;
const SHOWN_MIN_MS = MINUTE_MS;

export const TARGET_CHARTS = [
  {
    title: 'Memory', explains: 'memoryChart', stacked: true, binary: true, write: bytes, peak: 'memory_total',
    limit: {key: 'memory_quota', label: 'quota'}, metrics: ['memory_rss'],
    series: [
      {key: 'memory_cache', label: 'cache', colour: '--cache', which: 'avg'},
      {key: 'memory_swap', label: 'swap', colour: '--swap', which: 'avg'},
      {key: 'memory_rss', label: 'rss', colour: '--rss', which: 'avg'},
    ],
  },
  {
    title: 'Threads, processes, zombies', explains: 'tasksChart', write: (value) => number(value, 1), least: 4,
    limit: {key: 'pids_limit', label: 'limit'}, metrics: ['zombies', 'threads', 'processes', 'pids'],
    series: [
      {key: 'pids', label: 'tasks', colour: '--muted', dash: [2, 2]},
      {key: 'threads', label: 'threads', colour: '--series-1'},
      {key: 'processes', label: 'processes', colour: '--series-2', dash: [7, 3]},
      {key: 'zombies', label: 'zombies', colour: '--series-3'},
    ],
  },
  {
    title: 'Load', explains: 'loadChart', write: (value) => fixed(value), least: 1, metrics: [],
    limit: {key: 'cpu_online', label: 'CPUs'},
    series: [
      {key: 'load_avg_15m', label: '15 min', colour: '--series-4', dash: [2, 2]},
      {key: 'load_avg_5m', label: '5 min', colour: '--series-2', dash: [7, 3]},
      {key: 'load_avg_1m', label: '1 min', colour: '--series-1'},
    ],
  },
];

export const REQUEST_CHARTS = [
  {
    title: 'Requests per minute', explains: 'requestsChart', write: (value) => number(value, 1), least: 4,
    series: [{key: 'requests_per_min', label: 'requests', colour: '--series-1'}], metrics: [],
  },
  {
    title: 'Response time', explains: 'responseChart', write: milliseconds, least: 10, metrics: [],
    series: [
      {key: 'service_p95_ms', label: '95th percentile', colour: '--series-3', dash: [7, 3]},
      {key: 'service_median_ms', label: 'median', colour: '--series-1'},
    ],
  },
  {
    title: 'Status classes', explains: 'statusChart', stacked: true, write: (value) => number(value, 1), metrics: [],
    series: [
      {key: 'status_5xx', label: '5xx', colour: '--swap', which: 'avg'},
      {key: 'status_4xx', label: '4xx', colour: '--series-4', which: 'avg'},
      {key: 'status_3xx', label: '3xx', colour: '--cache', which: 'avg'},
      {key: 'status_2xx', label: '2xx', colour: '--rss', which: 'avg'},
    ],
  },
];

// Where the leaks among these conditions end, for a chart of these metrics.
export function endsOf(conditions = [], metrics, now) {
  return conditions
    .filter(({event, fields = {}}) => event === 'leak' && metrics.includes(fields.metric) &&
      isKnown(fields.eta_s) && isKnown(fields.limit) && isKnown(fields.value))
    .map(({t, fields}) => {
      const at = t + fields.eta_s * 1000;
      const hour = day(at) === day(now) ? clock(at, false) : when(at, now, false);
      return {from: t, value: fields.value, t: at, limit: fields.limit, label: hour,
        text: `As it goes, the limit (${[fields.limit_by, fields.metric.startsWith('memory') ? bytes(fields.limit)
          : number(fields.limit)].filter(Boolean).join(' ')}) is met by ${fields.metric} at ${hour}, in ` +
          `${duration(Math.max(0, at - now) / 1000)}.`};
    });
}

// The window that `span` (null: all there is) shows at `now`. It ends later when there is an end to be
// shown: with it, or where that is too far away, with a fourth part of what is to come.
export function windowOf(span, now, oldest, ends) {
  const from = Math.min(now - SHOWN_MIN_MS, Math.max(oldest, span === null ? oldest : now - span));
  const future = Math.max(0, ...ends.map((end) => end.t - now));
  const shown = now - from;
  if (future === 0)
    return {from, to: now};
  return {from, to: now + (future <= shown * 1.5 ? future + (shown + future) * 0.07 : shown / 4)};
}

// At most one mark of a kind in each hundredth of the window, the worst.
export function marksOf(events, {from, to}) {
  const chosen = new Map();
  for (const event of events) {
    if (event.state === 'leave' && event.event !== 'back')
      continue;
    const isRestart = event.event === 'restarted' || event.event === 'back';
    const key = `${isRestart}${Math.floor((event.t - from) / (to - from) * 100)}`;
    const mark = {t: event.t, level: event.level, title: event.title ?? event.event, isRestart};
    if (!chosen.has(key) || severityOf(mark.level) > severityOf(chosen.get(key).level))
      chosen.set(key, mark);
  }
  return [...chosen.values()].sort((a, b) => a.t - b.t);
}

/*
 * options: {feed, now(), moved(window)}: moved() is told the window, for what depends on it.
 * show(source, specs) begins anew; refresh({first, conditions, events}) asks for what there is now.
 */
export function makeCharts(options) {
  let specs = [];
  let charts = [];
  let source = null;
  let told = {conditions: [], events: []};
  let span = SPANS[1].ms;
  let chosen = null; // a window that the reader has chosen; null: it goes with the time
  let history = null;
  let asking = false;
  let askAgain = false;
  let timer = null;

  const spans = SPANS.map(({name, ms}) => {
    const button = h('button', {type: 'button', onclick: () => setSpan(ms)}, name);
    return {ms, button};
  });
  const follow = h('button', {type: 'button', class: 'follow', onclick: () => setSpan(span)}, 'Back to now');
  const range = h('span', {class: 'range', role: 'status'});
  const box = h('div', {class: 'charts'});
  const failure = h('p', {class: 'failure', role: 'alert', hidden: true});
  const help = h('p', {class: 'hint', id: 'chart-keys'}, '◆ restart, ▼ event. Drag to zoom, Shift and drag to pan, double-click to go back. ' +
    'Keys: ← → look, Shift ← → pan, + − zoom, 0 back.');
  const element = h('section', {class: 'charts-box', 'aria-label': 'Over time'},
    h('div', {class: 'toolbar', role: 'group', 'aria-label': 'Time shown'}, spans.map(({button}) => button),
      follow, range), failure, box, help);

  function endsFor(metrics) {
    return endsOf(told.conditions, metrics, options.now());
  }

  function window_() {
    const ends = specs.flatMap(({metrics}) => endsFor(metrics));
    return chosen ?? windowOf(span, options.now(), told.first ?? options.now(), options.feed.isSnapshot ? [] : ends);
  }

  function setSpan(ms) {
    span = ms;
    chosen = null;
    draw();
    ask();
  }

  function move(from, to) {
    const middle = (from + to) / 2;
    const half = Math.min(SPAN_MAX_MS, Math.max(SPAN_MIN_MS, to - from)) / 2;
    chosen = {from: middle - half, to: middle + half};
    for (const chart of charts)
      chart.move(chosen);
    tell();
    clearTimeout(timer);
    timer = setTimeout(ask, 100);
  }

  function point(t) {
    for (const chart of charts)
      chart.look(t);
  }

  function tell() {
    const shown = window_();
    for (const {ms, button} of spans)
      button.setAttribute('aria-pressed', String(chosen === null && ms === span));
    follow.hidden = chosen === null;
    const now = options.now();
    setText(range, `${when(shown.from, now, needsSeconds(shown))} – ${when(shown.to, now, needsSeconds(shown))}`);
    options.moved(shown);
  }

  function needsSeconds({from, to}) {
    return to - from < 10 * MINUTE_MS;
  }

  function draw() {
    const shown = window_();
    specs.forEach(({metrics}, i) => charts[i].update(history, shown,
      {marks: marksOf(told.events, shown), ends: endsFor(metrics), now: options.now()}));
    tell();
  }

  // One question at a time. What is beyond the window is asked for too, to have it when it is moved.
  async function ask() {
    if (asking) {
      askAgain = true;
      return;
    }
    asking = true;
    const asked = source;
    const {from, to} = window_();
    const beyond = (to - from) * (chosen ? 0.5 : 0.03);
    const points = Math.min(4000, Math.max(100, Math.round(box.clientWidth * (chosen ? 2 : 1))));
    try {
      const answer = await options.feed.history(source, from - beyond, to + beyond, points);
      if (asked === source) {
        history = answer ?? {t: [], columns: {}, step_ms: 0};
        failure.hidden = true;
        draw();
      }
    } catch (error) {
      failure.hidden = false;
      setText(failure, `Cannot get the history: ${error.message}`);
    }
    asking = false;
    if (askAgain) {
      askAgain = false;
      ask();
    }
  }

  return {
    element,
    show(newSource, newSpecs) {
      for (const chart of charts)
        chart.destroy();
      source = newSource;
      specs = newSpecs;
      chosen = null;
      history = null;
      told = {conditions: [], events: []};
      charts = specs.map((spec) => makeChart(spec, {move, point, reset: () => setSpan(span)}));
      box.replaceChildren(...charts.map((chart) => chart.element));
    },
    refresh(what) {
      told = what;
      if (history)
        draw();
      ask();
    },
    // As a moment to be looked at: half an hour around it, or less where there is less.
    showAround(t) {
      const half = Math.min(15 * MINUTE_MS, Math.max(MINUTE_MS, (options.now() - (told.first ?? 0)) / 8));
      move(t - half, t + half);
      element.scrollIntoView({block: 'start'});
    },
    redraw: () => {
      if (history)
        draw();
    },
    resize: () => charts.forEach((chart) => chart.resize()),
  };
}
