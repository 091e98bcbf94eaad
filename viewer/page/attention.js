// SPDX-License-Identifier: MIT
// The first thing on the page: what is wrong, whose fault it is, and what to do.

import {h, setItems, setText} from './dom.js';
import {conditionKey, makeStory, targetAddress} from './events.js';
import {count} from './format.js';
import {makeSeverity} from './marks.js';
import {severityOf, targetsInOrder, troubles} from './store.js';

const WHOLE = 4; // targets whose story is told
const SHORT = 9; // after those, in a line each

function makeLine() {
  const severity = makeSeverity();
  const link = h('a', {class: 'whose'});
  const title = h('span', {});
  const element = h('li', {}, severity.element, link, ' ', title);
  return {
    element,
    update(event) {
      severity.update(severityOf(event.level));
      setText(link, event.source);
      link.href = targetAddress(event.source);
      setText(title, event.title);
    },
  };
}

// Troubles of all targets, worst first, as the stories of the first targets and a line for each other one.
export function chooseTroubles(all) {
  const stories = new Map();
  for (const event of all)
    stories.set(event.source, [...(stories.get(event.source) ?? []), event]);
  const list = [...stories.values()];
  const others = list.slice(WHOLE).map(([worst]) => worst);
  return {stories: list.slice(0, WHOLE), others: others.slice(0, SHORT), rest: Math.max(0, others.length - SHORT)};
}

export function makeAttention(now) {
  const heading = h('h2', {id: 'attention-heading'});
  const whole = h('div', {class: 'conditions stories'});
  const short = h('ul', {class: 'short'});
  const rest = h('p', {class: 'rest'});
  const element = h('section', {class: 'attention', 'aria-labelledby': 'attention-heading'}, heading, whole, short,
    rest);
  return {
    element,
    update(store) {
      const targets = targetsInOrder(store);
      const bad = targets.filter((target) => target.severity >= 2).length;
      const away = targets.filter((target) => target.state !== 'live').length;
      element.dataset.state = bad > 0 ? 'bad' : 'well';
      setText(heading, targets.length === 0 ? 'No data: no target has said anything yet'
        : bad > 0 ? `${count(bad, 'target')} of ${targets.length} ${bad === 1 ? 'needs' : 'need'} attention`
          : targets.length === 1 ? 'The one target is well' : `All ${targets.length} targets are well`);
      if (away > 0 && bad === 0 && targets.length > 0)
        setText(heading, `Nothing is wrong with what is heard; ${count(away, 'target')} of ${targets.length} silent or gone`);
      const {stories, others, rest: more} = chooseTroubles(troubles(store));
      setItems(whole, stories, ([worst]) => worst.source, () => makeStory({now}));
      setItems(short, others, conditionKey, makeLine);
      short.hidden = others.length === 0;
      setText(rest, more > 0 ? `and ${more} more, in the table below` : '');
      rest.hidden = more === 0;
    },
  };
}
