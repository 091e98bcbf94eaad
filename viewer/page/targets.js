// SPDX-License-Identifier: MIT
// All targets at a glance, worst first.

import {h, setChildren, setItems, setText} from './dom.js';
import {targetAddress} from './events.js';
import {explain} from './explain.js';
import {bytes, count, duration, fixed, isKnown, number, percent, UNKNOWN} from './format.js';
import {makeActivity, makeBar, makeSeverity} from './marks.js';
import {filterTargets, targetsInOrder} from './store.js';

const value = (key) => (target) => target.values?.[key];

// Columns and what they are sorted by, the largest first; the first one has the program's own order.
const COLUMNS = [
  {name: 'target', title: 'Target, worst first', explains: 'state'},
  {name: 'memory', title: 'Memory', explains: 'memory', by: (target) => target.memory?.percent},
  {name: 'load', title: 'Load', explains: 'load', by: value('load_avg_1m'), number: true},
  {name: 'tasks', title: 'Tasks', explains: 'tasks', by: (target) => target.tasks?.percent},
  {name: 'threads', title: 'Threads', explains: 'threads', by: value('threads'), number: true},
  {name: 'zombies', title: 'Zombies', explains: 'zombies', by: value('zombies'), number: true},
  {name: 'activity', title: 'Activity', explains: 'activity'},
  {name: 'last', title: 'Last', number: true},
];

function sorted(targets, column) {
  if (!column.by)
    return targets;
  const rank = (target) => column.by(target) ?? -Infinity;
  return [...targets].sort((a, b) => rank(b) - rank(a) || 0);
}

export function memoryParts(values = {}) {
  const part = (key) => isKnown(values[key]) && values.memory_quota > 0 ? values[key] / values.memory_quota : 0;
  return [{kind: 'rss', part: part('memory_rss')}, {kind: 'swap', part: part('memory_swap')},
    {kind: 'cache', part: part('memory_cache')}];
}

function makeRow(options) {
  const severity = makeSeverity();
  const link = h('a', {});
  const state = h('span', {class: 'away'});
  const why = h('span', {class: 'why'});
  const memoryBar = makeBar();
  const memoryText = h('b', {});
  const memoryOf = h('span', {class: 'of'});
  const load = h('td', {class: 'number load'});
  const taskBar = makeBar();
  const taskText = h('b', {});
  const taskOf = h('span', {class: 'of'});
  const threads = h('td', {class: 'number threads'});
  const zombies = h('td', {class: 'number zombies'});
  const activity = makeActivity('lines');
  const last = h('td', {class: 'number last'});
  const element = h('tr', {},
    h('th', {scope: 'row', class: 'target'}, h('div', {class: 'who'}, severity.element, link, state, why)),
    h('td', {class: 'memory'}, h('div', {class: 'meter'}, memoryBar.element, h('span', {}, memoryText, ' ', memoryOf))),
    load,
    h('td', {class: 'tasks'}, h('div', {class: 'meter'}, taskBar.element, h('span', {}, taskText, ' ', taskOf))),
    threads, zombies, h('td', {class: 'activity'}, activity.element), last);
  // The link is for keyboards and readers; the whole row is for the hand.
  element.addEventListener('click', (event) => {
    if (!event.target.closest('a, button') && !String(window.getSelection()))
      link.click();
  });

  return {
    element,
    update(target) {
      const {values = {}, memory = {}, tasks = {}} = target;
      severity.update(target.severity ?? 0);
      element.dataset.severity = target.severity ?? 0;
      element.dataset.source = target.source;
      setText(link, target.source);
      link.href = targetAddress(target.source);
      const isChosen = options.chosen() === target.source;
      if (isChosen)
        link.setAttribute('aria-current', 'page');
      else
        link.removeAttribute('aria-current');
      setText(state, target.state === 'live' ? '' : target.state);
      state.hidden = target.state === 'live';
      setText(why, target.why ?? '');
      memoryBar.update(memoryParts(values), isKnown(memory.max_percent) ? memory.max_percent / 100 : null);
      setText(memoryText, isKnown(memory.percent) ? percent(memory.percent, 100) : bytes(values.memory_total));
      setText(memoryOf, isKnown(values.memory_quota) ? `of ${bytes(values.memory_quota)}` : '');
      setText(load, fixed(values.load_avg_1m));
      taskBar.update([{kind: 'live', part: tasks.limit > 0 ? (tasks.used - (values.zombies ?? 0)) / tasks.limit : 0},
        {kind: 'dead', part: tasks.limit > 0 ? (values.zombies ?? 0) / tasks.limit : 0}], null);
      setText(taskText, number(tasks.used));
      setText(taskOf, isKnown(tasks.limit) ? `of ${number(tasks.limit)}` : '');
      setText(threads, number(values.threads));
      setText(zombies, number(values.zombies));
      zombies.classList.toggle('some', values.zombies > 0);
      activity.update(target.activity);
      this.tick(target);
    },
    // What changes without a word from the target.
    tick(target) {
      setText(last, isKnown(target.t) ? duration(Math.max(0, Math.round((options.now() - target.t) / 1000))) : UNKNOWN);
    },
  };
}

function makeHeader(column, choose) {
  const button = h('button', {type: 'button', class: 'sort', onclick: () => choose(column)}, column.title);
  const cell = h('th', {scope: 'col', class: `${column.name}${column.number ? ' number' : ''}`},
    column.by || column.name === 'target' ? button : column.title,
    column.explains ? [' ', ...explain(column.explains)] : null);
  return {column, cell};
}

// options: now() in the program's time, chosen() the source whose page is open.
export function makeTargets(options) {
  let column = COLUMNS[0];
  let store = null;
  const headers = COLUMNS.map((one) => makeHeader(one, (chosen) => {
    column = chosen;
    show();
  }));
  const body = h('tbody', {});
  const table = h('table', {class: 'targets'},
    h('caption', {class: 'unseen'}, 'All targets'),
    h('thead', {}, h('tr', {}, headers.map(({cell}) => cell))), body);
  const search = h('input', {type: 'search', id: 'search', placeholder: 'Search  /', autocomplete: 'off',
    spellcheck: 'false', 'aria-label': 'Search targets, by name, process or trouble'});
  const troubled = h('input', {type: 'checkbox', id: 'troubled'});
  const found = h('span', {class: 'found', role: 'status'});
  const empty = h('p', {class: 'no-data'});
  const element = h('section', {class: 'all', 'aria-labelledby': 'targets-heading'},
    h('header', {class: 'all-head'}, h('h2', {id: 'targets-heading'}, 'Targets'),
      search, h('label', {class: 'check'}, troubled, ' in trouble only'), found),
    table, empty);
  search.addEventListener('input', show);
  troubled.addEventListener('change', show);
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && search.value !== '') {
      search.value = '';
      show();
      event.stopPropagation();
    } else if (event.key === 'Enter' || event.key === 'ArrowDown') {
      event.preventDefault();
      const link = body.querySelector('tr a');
      if (event.key === 'Enter')
        link?.click();
      else
        link?.focus();
    }
  });

  function show() {
    if (!store)
      return;
    const all = targetsInOrder(store);
    const some = sorted(filterTargets(all, search.value, troubled.checked), column);
    setItems(body, some, (target) => target.source, () => makeRow(options));
    for (const {column: one, cell} of headers) {
      if (one.by || one.name === 'target')
        cell.setAttribute('aria-sort', one === column ? (one.by ? 'descending' : 'other') : 'none');
    }
    const isFiltered = search.value.trim() !== '' || troubled.checked;
    setText(found, isFiltered ? `${count(some.length, 'target')} of ${all.length}` : count(all.length, 'target'));
    table.hidden = some.length === 0;
    empty.hidden = some.length > 0;
    setText(empty, all.length === 0
      ? 'No data. Lines of runstatd, or of Heroku’s log-runtime-metrics, show up here as they come.'
      : 'No target is like that.');
  }

  return {
    element,
    search,
    update(newStore) {
      store = newStore;
      show();
    },
    tick() {
      for (const [source, row] of body.items ?? []) {
        const target = store.targets.get(source);
        if (target)
          row.tick(target);
      }
    },
    // The sources as they are shown, for the keys that go from one to the next.
    shown: () => [...(body.items ?? new Map()).keys()],
  };
}
