// SPDX-License-Identifier: MIT
// What the program has told so far. Pure: it knows no page and no network; see viewer/API.md.

const EVENTS_MAX = 500;

export function makeStore() {
  return {
    overview: null, // as last told, without its targets
    targets: new Map(), // by source
    order: [], // sources, worst first
    events: [], // newest first
    version: 0, // grows with each change
  };
}

export function applyOverview(store, overview) {
  const {targets = [], ...rest} = overview;
  store.overview = rest;
  store.targets = new Map(targets.map((target) => [target.source, target]));
  store.order = targets.map((target) => target.source);
  store.version++;
}

// An update has only what changed: of targets whole ones, of the order the whole order.
export function applyUpdate(store, update) {
  const {targets = [], order, ...rest} = update;
  store.overview = {...store.overview, ...rest};
  for (const target of targets) {
    if (!store.targets.has(target.source))
      store.order = [...store.order, target.source];
    store.targets.set(target.source, target);
  }
  if (order) {
    const kept = new Set(order);
    for (const source of [...store.targets.keys()]) {
      if (!kept.has(source))
        store.targets.delete(source);
    }
    store.order = order.filter((source) => store.targets.has(source));
  }
  store.version++;
}

// Events may come twice, from the stream and from a question; their id tells.
export function applyEvents(store, events) {
  const byId = new Map(store.events.map((event) => [event.id, event]));
  for (const event of events)
    byId.set(event.id, event);
  store.events = [...byId.values()].sort((a, b) => b.id - a.id).slice(0, EVENTS_MAX);
  store.version++;
}

export function targetsInOrder(store) {
  return store.order.map((source) => store.targets.get(source)).filter(Boolean);
}

const LEVELS = new Map([['info', 1], ['warning', 2], ['error', 3]]);

export function severityOf(level) {
  return LEVELS.get(level) ?? 1;
}

// The conditions of a target that are more than information; of one that has none and is not well
// either, what it says of itself.
function troublesOf(target) {
  const conditions = (target.conditions ?? []).filter((event) => severityOf(event.level) >= 2);
  if (conditions.length > 0 || !(target.severity >= 2))
    return conditions;
  return [{source: target.source, event: 'why', t: target.t, level: target.severity >= 3 ? 'error' : 'warning',
    title: target.why ?? target.state}];
}

// What goes on now and is more than information, over all targets, worst first.
export function troubles(store) {
  return targetsInOrder(store).flatMap(troublesOf)
    .map((event, i) => [event, i])
    .sort(([a, i], [b, j]) => severityOf(b.level) - severityOf(a.level) || i - j)
    .map(([event]) => event);
}

// What a search is compared with: the name, the incarnation, and what is wrong with it.
function searchText(target) {
  return [target.source, target.dyno, target.state, target.why,
    ...(target.conditions ?? []).flatMap((event) => [event.title, event.say])]
    .filter(Boolean).join('\n').toLowerCase();
}

// Every word of the search has to be somewhere.
export function filterTargets(targets, search, onlyTroubled) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return targets.filter((target) => {
    if (onlyTroubled && !(target.severity >= 2))
      return false;
    const text = words.length > 0 ? searchText(target) : '';
    return words.every((word) => text.includes(word));
  });
}

// Log2Viz's memory figure over all targets that have been heard of in the last minute: the mean and
// the highest part of the quota, and whose that is.
export function memoryOfQuota(targets) {
  let n = 0;
  let sum = 0;
  let worst = null;
  for (const target of targets) {
    const quota = target.values?.memory_quota;
    const {avg_60s: mean, max_60s: highest} = target.memory ?? {};
    if (!(quota > 0) || mean === undefined || highest === undefined)
      continue;
    n++;
    sum += mean / quota;
    if (worst === null || highest / quota > worst.part)
      worst = {part: highest / quota, bytes: highest, quota, source: target.source};
  }
  return n === 0 ? null : {n, mean: sum / n, worst};
}
