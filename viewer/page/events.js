// SPDX-License-Identifier: MIT
// Events in words: what goes on, why, and what to do; and what has happened. The sentences are the program's.

import {h, setItems, setText} from './dom.js';
import {duration, number, when} from './format.js';
import {makeSeverity} from './marks.js';
import {severityOf} from './store.js';

export function targetAddress(source) {
  return `#/target/${encodeURIComponent(source)}`;
}

// A lasting event is the same one at each of its updates, which have new ids.
export function conditionKey({source, event, fields = {}}) {
  return JSON.stringify([source, event, fields.parent_pid, fields.parent_comm, fields.metric, fields.limit_by,
    fields.code, fields.comm]);
}

function fieldText(value) {
  return typeof value === 'number' ? number(value, 2) : String(value);
}

function makeField([key]) {
  const value = h('dd', {});
  const element = h('div', {}, h('dt', {}, key), value);
  return {element, update: ([, now]) => setText(value, fieldText(now))};
}

// A condition with all that is known of it.
export function makeCondition(options) {
  const severity = makeSeverity();
  const title = h('span', {class: 'title'});
  const since = h('span', {class: 'since'});
  const say = h('p', {class: 'say'});
  const cause = h('span', {});
  const advice = h('span', {});
  const causeLine = h('p', {class: 'cause'}, h('b', {}, 'Why '), cause);
  const adviceLine = h('p', {class: 'advice'}, h('b', {}, 'What to do '), advice);
  const fields = h('dl', {class: 'fields'});
  const evidence = h('details', {}, h('summary', {}, 'What the log says'), fields);
  const element = h('article', {class: 'condition'},
    h('header', {}, h('h3', {}, severity.element, title), since), say, causeLine, adviceLine, evidence);
  return {
    element,
    update(now) {
      severity.update(severityOf(now.level));
      element.dataset.level = now.level;
      setText(title, now.title);
      const began = now.since ?? now.t;
      setText(since, `since ${when(began, options.now(), false)}, ${duration((options.now() - began) / 1000)}`);
      setText(say, now.say ?? '');
      say.hidden = !now.say;
      setText(cause, now.cause ?? '');
      causeLine.hidden = !now.cause;
      setText(advice, now.advice ?? '');
      adviceLine.hidden = !now.advice;
      setItems(fields, Object.entries(now.fields ?? {}), ([key]) => key, makeField);
      evidence.hidden = Object.keys(now.fields ?? {}).length === 0;
    },
  };
}

// The story of a target: all that goes on with it, and of the one whose cause is known (else the worst)
// why it is, and what to do. `conditions` are worst first; there is at least one.
export function makeStory(options) {
  const severity = makeSeverity();
  const whose = h('a', {class: 'whose'});
  const title = h('span', {class: 'title'});
  const since = h('span', {class: 'since'});
  const says = h('ul', {class: 'says'});
  const cause = h('span', {});
  const advice = h('span', {});
  const causeLine = h('p', {}, h('b', {}, 'Why '), cause);
  const adviceLine = h('p', {}, h('b', {}, 'What to do '), advice);
  const element = h('article', {class: 'condition story'},
    h('header', {}, h('h3', {}, severity.element, whose, ' ', title), since), says, causeLine, adviceLine);

  return {
    element,
    update(conditions) {
      const [worst] = conditions;
      const main = conditions.find((event) => event.cause) ?? worst;
      element.dataset.level = worst.level;
      element.dataset.source = worst.source;
      severity.update(severityOf(worst.level));
      setText(whose, worst.source);
      whose.href = targetAddress(worst.source);
      setText(title, main.title);
      const began = main.since ?? main.t;
      setText(since, `since ${when(began, options.now(), false)}, ${duration((options.now() - began) / 1000)}`);
      const told = conditions.filter((event) => event.say && event.say !== main.title);
      setItems(says, told.sort((a, b) => (b === main) - (a === main)), conditionKey, makeSay);
      setText(cause, main.cause ?? '');
      causeLine.hidden = !main.cause;
      setText(advice, main.advice ?? '');
      adviceLine.hidden = !main.advice;
    },
  };
}

function makeSay() {
  const severity = makeSeverity();
  const text = h('span', {});
  return {
    element: h('li', {}, severity.element, text),
    update(event) {
      severity.update(severityOf(event.level));
      setText(text, event.say);
    },
  };
}

const STATES = new Map([['enter', ''], ['update', 'still'], ['leave', 'over']]);

// What has happened, newest first, as rows of a table.
export function makeHappened(options) {
  const body = h('tbody', {});
  const empty = h('p', {class: 'no-data'}, 'Nothing has happened so far.');
  const table = h('table', {class: 'happened'},
    h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'Time'),
      options.names ? h('th', {scope: 'col'}, 'Target') : null, h('th', {scope: 'col'}, 'What'))), body);
  const element = h('div', {class: 'happened-box'}, table, empty);

  function makeRow(event) {
    const severity = makeSeverity();
    severity.update(severityOf(event.level));
    const time = h('time', {datetime: new Date(event.t).toISOString()}, when(event.t, options.now()));
    const show = options.show
      ? h('button', {type: 'button', class: 'quiet', onclick: () => options.show(event.t),
        'aria-label': `Show ${when(event.t, options.now())} in the charts`}, time)
      : time;
    const state = STATES.get(event.state) ?? event.state ?? '';
    const row = h('tr', {'data-state': event.state}, h('td', {}, show),
      options.names ? h('td', {}, h('a', {href: targetAddress(event.source)}, event.source)) : null,
      h('td', {}, severity.element, ' ', state ? h('em', {}, `${state}: `) : null, h('b', {}, event.title ?? event.event),
        options.brief || !event.say || event.say === event.title ? null : h('span', {class: 'say'}, ` ${event.say}`)));
    return {element: row, update() {}};
  }

  return {
    element,
    update(events) {
      setItems(body, events, (event) => event.id, makeRow);
      table.hidden = events.length === 0;
      empty.hidden = events.length > 0;
    },
  };
}
