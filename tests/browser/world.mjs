// SPDX-License-Identifier: MIT
// What the mock tells: a day of two hundred targets of which a few are ill, and the sentences that the
// program has for them.

export const NOW = 1795888800000;
const STEP = 20000;

function wave(i, period, low, high) {
  return low + (high - low) * (0.5 + 0.5 * Math.sin(i / period * 2 * Math.PI));
}

// `hours` of ticks up to NOW; a restart and a silence are in it, and zombies that pile up at its end.
export function makeHistory(source, {hours = 1, quota = 512 * 2 ** 20, ill = false, scale = 1} = {}) {
  const n = Math.round(hours * 3600000 / STEP);
  const t = [];
  const columns = Object.fromEntries(['memory_rss', 'memory_cache', 'memory_swap', 'memory_total', 'memory_quota',
    'load_avg_1m', 'load_avg_5m', 'load_avg_15m', 'threads', 'processes', 'zombies', 'pids', 'pids_limit']
    .map((key) => [key, {value: []}]));
  const put = (key, value) => columns[key].value.push(value);
  for (let i = 0; i <= n; i++) {
    t.push(NOW - (n - i) * STEP);
    const away = i > n * 0.3 && i < n * 0.33;
    const zombies = ill ? Math.max(0, Math.round((i / n - 0.55) / 0.45 * 167)) : 0;
    const threads = Math.round(wave(i, n / 3, 38, 52) + (i % 7));
    const rss = Math.round(wave(i, n / 2, 0.25, 0.5) * quota * scale);
    const cache = Math.round((0.08 + 0.12 * (i / n)) * quota * scale);
    const swap = i > n * 0.7 ? Math.round(0.03 * quota * scale) : 0;
    const all = {memory_rss: rss, memory_cache: cache, memory_swap: swap, memory_total: rss + cache + swap,
      memory_quota: quota, load_avg_1m: wave(i, n / 5, 0.2, 2.5) + (i % 5) / 10, load_avg_5m: wave(i - 9, n / 5, 0.4, 1.9),
      load_avg_15m: wave(i - 25, n / 5, 0.7, 1.4), threads, processes: 5 + (i % 3), zombies, pids: threads + zombies,
      pids_limit: 512};
    for (const [key, value] of Object.entries(all))
      put(key, away ? null : value);
  }
  return {source, from: t[0], to: NOW, step_ms: 0, t, columns};
}

function activity(every) {
  return Array.from({length: 60}, (_, i) => i % every === 0 ? 3 : 0);
}

export function makeTarget(source, more = {}) {
  const mb = 2 ** 20;
  const values = {load_avg_1m: 0.42, load_avg_5m: 0.36, load_avg_15m: 0.31, memory_total: 121.5 * mb,
    memory_rss: 96 * mb, memory_cache: 25.5 * mb, memory_swap: 0, memory_pgpgin: 348836, memory_pgpgout: 343403,
    memory_quota: 512 * mb, processes: 5, threads: 46, zombies: 0, zombies_stuck: 0, threads_running: 1,
    threads_blocked: 0, pids: 46, pids_limit: 512, ...more.values};
  return {source, dyno: 'unit.5f2c81d0', t: NOW - 4000, first: NOW - 3600000, interval_s: 20, state: 'live', severity: 0,
    memory: {avg_60s: values.memory_total, max_60s: values.memory_total * 1.02, max: values.memory_total * 1.3,
      percent: (values.memory_rss + values.memory_swap) / values.memory_quota * 100,
      max_percent: (values.memory_rss + values.memory_swap) / values.memory_quota * 120},
    tasks: {used: values.pids, limit: values.pids_limit, percent: values.pids / values.pids_limit * 100,
      zombies_max: values.zombies}, restarts: 0, activity: activity(20), conditions: [], ...more, values};
}

export function zombiesEvent(source, comm = 'puma', child = 'convert') {
  return {id: 17, t: NOW - 10000, source, event: 'zombies', state: 'update', level: 'warning', since: NOW - 1680000,
    title: `167 zombies of ${comm} (812)`,
    say: `${comm} (812) of web.service has 167 dead children that it does not wait for, most of them ${child}; ` +
      'the oldest is 28 min old; 360 more come in an hour.',
    cause: 'It never waits: SIGCHLD is left at its default and nothing was reaped.',
    advice: 'Let it call wait() for each child, or set SIGCHLD to SIG_IGN; restarting it frees them now.',
    fields: {parent_pid: 812, parent_comm: comm, parent_unit: 'web.service', zombies: 167, oldest_s: 1680,
      created_per_h: 360, reaped_per_h: 0, child_comm: child, sigchld: 'default', cause: 'never_waits'}};
}

export function leakEvent(source) {
  return {id: 18, t: NOW - 8000, source, event: 'leak', state: 'enter', level: 'error', since: NOW - 8000,
    title: 'zombies rise by 360 an hour',
    say: 'zombies rise without coming back: 167 now, 360 more an hour; the limit of 512 (pids_limit) is met in 57 min.',
    advice: 'Look at puma (812), whose share rose most.',
    fields: {metric: 'zombies', value: 167, slope_per_h: 360, limit: 512, limit_by: 'pids_limit', eta_s: 3450,
      window_s: 1680, samples: 85, top_pid: 812, top_comm: 'puma'}};
}

const REQUESTS = {last_60s: 120, per_minute: 120, median_ms: 20, p95_ms: 181, max_ms: 2200, connect_median_ms: 1,
  status: {'1xx': 0, '2xx': 110, '3xx': 4, '4xx': 4, '5xx': 2}, errors: {H12: 2}, total: 5231,
  activity: Array.from({length: 60}, (_, i) => (i * 7) % 5 + 1),
  dynos: [{source: 'web.1', last_60s: 61, median_ms: 19, p95_ms: 150}]};

function routerHistory() {
  const t = Array.from({length: 181}, (_, i) => NOW - (180 - i) * STEP);
  const column = (f) => ({value: t.map((_, i) => f(i))});
  return {source: 'router', from: t[0], to: NOW, step_ms: 0, t, columns: {
    requests_per_min: column((i) => Math.round(wave(i, 60, 80, 160))),
    service_median_ms: column((i) => Math.round(wave(i, 40, 15, 30))),
    service_p95_ms: column((i) => Math.round(wave(i, 40, 120, 400))),
    status_2xx: column((i) => Math.round(wave(i, 60, 25, 50))), status_3xx: column(() => 2),
    status_4xx: column((i) => i % 3), status_5xx: column((i) => i % 40 === 0 ? 6 : 0),
  }};
}

// The world with `n` targets; all of them but five are well.
export function makeWorld(n = 12) {
  const mb = 2 ** 20;
  const targets = [
    makeTarget('web.1', {severity: 3, why: leakEvent('web.1').say,
      values: {zombies: 167, zombies_stuck: 167, pids: 213, load_avg_1m: 2.46},
      restarts: 1, errors: {R14: 2}, conditions: [leakEvent('web.1'), zombiesEvent('web.1')]}),
    makeTarget('worker.1', {severity: 2, why: '524 MB of 512 MB used: R14',
      values: {memory_rss: 524 * mb, memory_total: 549.5 * mb},
      conditions: [{id: 16, t: NOW - 90000, source: 'worker.1', event: 'quota', state: 'enter', level: 'warning',
        since: NOW - 90000, title: 'R14: above the memory quota', say: '524 MB of 512 MB used (102.3 %).',
        advice: 'What is above the quota is swapped out. Look for what grows, or give it more memory.',
        fields: {code: 'R14', value: 524 * mb, limit: 512 * mb, percent: 102.3}}]}),
    makeTarget('db3/web.2', {severity: 1, state: 'silent', why: 'no line for 5 min', t: NOW - 300000,
      memory: {max: 114294784, percent: 18.8, max_percent: 20.6}, activity: activity(100)}),
  ];
  for (let i = targets.length; i < n; i++) {
    const rss = (20 + i * 37 % 300) * mb;
    targets.push(makeTarget(`app.${i - 2}`, {values: {memory_rss: rss, memory_cache: (i * 13 % 120) * mb,
      memory_total: rss + (i * 13 % 120) * mb, threads: 4 + i * 11 % 90, pids: 4 + i * 11 % 90,
      load_avg_1m: (i * 7 % 40) / 20}}));
  }
  const restarted = {id: 12, t: NOW - 2500000, source: 'web.1', event: 'restarted', state: 'enter', level: 'info',
    title: 'restarted', say: 'It was restarted: unit.77aa is now unit.5f2c81d0.', fields: {old_dyno: 'unit.77aa'}};
  return {
    overview: {now: NOW, live: true, version: '0.1.0', inputs: [{name: 'standard input', state: 'reading', lines: 1234}],
      counts: {bytes: 240000, lines: 1234, samples: 1200, events: 5, router: 20, platform: 1, unknown: 10, too_long: 0,
        late: 0, targets_ignored: 0},
      history: {from: NOW - 3600000, to: NOW, bytes: 123456, bytes_max: 58720256}, requests: REQUESTS,
      codes: [{code: 'H12', text: 'Request timeout', last_60s: 2, total: 9, t: NOW - 7000},
        {code: 'R14', text: 'Memory quota exceeded', last_60s: 0, total: 4, t: NOW - 90000}], targets},
    events: [leakEvent('web.1'), zombiesEvent('web.1'), targets[1].conditions[0], restarted],
    history: {'web.1': makeHistory('web.1', {ill: true}), 'worker.1': makeHistory('worker.1', {scale: 2}),
      'app.1': makeHistory('app.1', {scale: 0.1}), router: routerHistory()},
  };
}
