// SPDX-License-Identifier: MIT
// The figures of the last minute over all targets: those that Log2Viz had.

import {h, setItems, setText} from './dom.js';
import {explain} from './explain.js';
import {bytes, milliseconds, number, percent} from './format.js';
import {makeActivity} from './marks.js';
import {memoryOfQuota, targetsInOrder} from './store.js';

const CLASSES = ['2xx', '3xx', '4xx', '5xx'];

function makeCard(title, name, ...content) {
  const empty = h('p', {class: 'no-data'}, 'No data');
  const body = h('div', {class: 'card-body'}, ...content);
  const element = h('section', {class: 'card', 'data-figure': name},
    h('h3', {}, title, ' ', ...explain(name)), body, empty);
  return {
    element,
    has(data) {
      body.hidden = !data;
      empty.hidden = Boolean(data);
      return data;
    },
  };
}

// A number with its unit and what it is.
export function makeFigure(label) {
  const value = h('b', {});
  const small = h('span', {class: 'of'});
  const element = h('div', {class: 'figure'}, h('span', {class: 'label'}, label), value, small);
  return {
    element,
    set(text, of = '') {
      setText(value, text);
      setText(small, of);
    },
  };
}

function makeCount([name]) {
  const figure = makeFigure(name);
  figure.element.dataset.name = name;
  return {
    element: figure.element,
    update([, value, of]) {
      figure.set(number(value), of);
      figure.element.classList.toggle('zero', value === 0);
    },
  };
}

export function makeFigures() {
  const rate = makeFigure('per minute');
  const activity = makeActivity('requests');
  const requests = makeCard('Requests', 'requests', rate.element, activity.element);
  const median = makeFigure('median');
  const p95 = makeFigure('95th percentile');
  const response = makeCard('Response time', 'response', median.element, p95.element);
  const mean = makeFigure('average');
  const highest = makeFigure('maximum');
  const memory = makeCard('Memory of quota', 'memoryAll', mean.element, highest.element);
  const classes = h('div', {class: 'counts'});
  const status = makeCard('Status', 'status', classes);
  const codeCounts = h('div', {class: 'counts'});
  const codes = makeCard('Error codes', 'codes', codeCounts);
  const history = h('a', {href: '#/requests'}, 'Requests over time');
  const element = h('section', {class: 'figures', 'aria-label': 'The last minute'},
    requests.element, response.element, status.element, codes.element, memory.element);
  requests.element.querySelector('.card-body').append(history);

  return {
    element,
    update(store) {
      const {requests: all, codes: some} = store.overview ?? {};
      if (requests.has(all)) {
        rate.set(number(all.per_minute));
        activity.update(all.activity);
      }
      if (response.has(all && all.median_ms !== undefined)) {
        median.set(milliseconds(all.median_ms));
        p95.set(milliseconds(all.p95_ms));
      }
      if (status.has(all)) {
        const shown = all.status['1xx'] > 0 ? ['1xx', ...CLASSES] : CLASSES;
        setItems(classes, shown.map((name) => [name, all.status[name] ?? 0]), ([name]) => name, makeCount);
      }
      if (codes.has(some && some.length > 0)) {
        setItems(codeCounts, some.map(({code, last_60s: n, total}) => [code, n, `${number(total)} in all`]),
          ([code]) => code, makeCount);
      }
      const part = memory.has(memoryOfQuota(targetsInOrder(store)));
      if (part) {
        mean.set(percent(part.mean, 1), part.n === 1 ? `of ${bytes(part.worst.quota)}` : `of ${part.n} targets`);
        highest.set(percent(part.worst.part, 1), part.n === 1 ? bytes(part.worst.bytes) : part.worst.source);
      }
    },
  };
}
