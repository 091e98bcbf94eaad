// SPDX-License-Identifier: MIT
// Small drawings that go with text: how bad, how much of a limit, how much in the last minute.

import {h, setText, svg} from './dom.js';
import {isKnown} from './format.js';

const SEVERITIES = ['well', 'information', 'warning', 'error'];

// A square, a triangle, a ring or a dot: not the colour alone says it.
const SHAPES = [
  () => svg('circle', {cx: 6, cy: 6, r: 2.5}),
  () => svg('circle', {cx: 6, cy: 6, r: 4, class: 'ring'}),
  () => svg('path', {d: 'M6 1 L11.5 11 H0.5 Z'}),
  () => svg('rect', {x: 1, y: 1, width: 10, height: 10, rx: 1}),
];

// {element, update(severity)}
export function makeSeverity() {
  const word = h('span', {class: 'unseen'});
  const picture = svg('svg', {viewBox: '0 0 12 12', width: 12, height: 12, 'aria-hidden': 'true'});
  const element = h('span', {class: 'severity'}, picture, word);
  let shown = null;
  return {
    element,
    update(severity) {
      if (severity === shown)
        return;
      shown = severity;
      element.dataset.severity = SEVERITIES[severity];
      picture.replaceChildren(SHAPES[severity]());
      setText(word, SEVERITIES[severity]);
    },
  };
}

export function severityWord(severity) {
  return SEVERITIES[severity];
}

/*
 * A bar whose width is a limit. update([{part, kind}], peak): parts of 1 one after the other, and a tick
 * for the highest so far. What is above the limit ends at the edge; the text beside it says how much.
 */
export function makeBar() {
  const element = h('span', {class: 'bar', 'aria-hidden': 'true'});
  const tick = h('i', {class: 'tick'});
  const pieces = new Map();
  element.append(tick);
  return {
    element,
    update(parts, peak) {
      let at = 0;
      for (const {part, kind} of parts) {
        let piece = pieces.get(kind);
        if (!piece) {
          piece = h('i', {class: `piece ${kind}`});
          pieces.set(kind, piece);
          element.insertBefore(piece, tick);
        }
        const width = Math.max(0, Math.min(1 - at, isKnown(part) ? part : 0));
        piece.style.left = `${at * 100}%`;
        piece.style.width = `${width * 100}%`;
        at += width;
      }
      tick.hidden = !isKnown(peak);
      if (!tick.hidden)
        tick.style.left = `${Math.min(1, peak) * 100}%`;
    },
  };
}

// Counts of the last 60 seconds as bars, the latest on the right; the highest has the whole height.
export function makeActivity(label) {
  const path = svg('path', {});
  const element = svg('svg', {class: 'activity', viewBox: '0 0 120 16', preserveAspectRatio: 'none',
    role: 'img'}, path);
  let shown = null;
  return {
    element,
    update(counts = []) {
      const key = counts.join();
      if (key === shown)
        return;
      shown = key;
      const top = Math.max(1, ...counts);
      const sum = counts.reduce((a, b) => a + b, 0);
      const step = 120 / Math.max(1, counts.length);
      path.setAttribute('d', counts.map((value, i) => value <= 0 ? ''
        : `M${(i * step).toFixed(2)} 16h${(step * 0.75).toFixed(2)}v${(-Math.max(2, value / top * 16)).toFixed(2)}` +
          `h${(-step * 0.75).toFixed(2)}z`).join(''));
      element.setAttribute('aria-label', `${sum} ${label} in the last 60 seconds`);
    },
  };
}
