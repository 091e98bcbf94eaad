// SPDX-License-Identifier: MIT
// Zoom and pan with mouse, finger and keys, as one would expect of a chart on a page that scrolls:
// dragging marks what to zoom into, with Shift it pans, a finger pans along time and leaves scrolling
// to the page, two zoom.

import {h} from './dom.js';

const DRAG_PX = 6;

/*
 * chart: {
 *   window()             {from, to} as it is
 *   left(), width()      of the plot within the element, in pixels
 *   move(from, to)       shows another window
 *   reset()              shows what was there before any of this
 *   step(n)              looks at the point n to the right
 * }
 */
export function listen(host, chart) {
  const pointers = new Map();
  let start = null;
  const band = h('div', {class: 'band', hidden: true});
  host.append(band);

  const timeAt = (px, {from, to}) => from + (px - chart.left()) / chart.width() * (to - from);
  const within = (event) => event.clientX - host.getBoundingClientRect().left;

  function begin() {
    const all = [...pointers.values()];
    start = {window: chart.window(), xs: all.map((pointer) => pointer.x),
      pans: all.length > 1 || all[0].pans};
  }

  host.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || pointers.size === 2 || !chart.window())
      return;
    host.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, {x: within(event), pans: event.shiftKey || event.pointerType === 'touch'});
    begin();
  });

  host.addEventListener('pointermove', (event) => {
    const pointer = pointers.get(event.pointerId);
    if (!pointer)
      return;
    pointer.x = within(event);
    const xs = [...pointers.values()].map((one) => one.x);
    if (xs.length === 2)
      pinch(xs);
    else if (start.pans)
      pan(xs[0]);
    else
      showBand(xs[0]);
  });

  function pinch(xs) {
    const [a, b] = start.xs.map((px) => timeAt(px, start.window));
    const span = (b - a) / (Math.abs(xs[1] - xs[0]) < 1 ? 1 : xs[1] - xs[0]) * chart.width();
    if (!(span > 0))
      return;
    const from = a - (xs[0] - chart.left()) / chart.width() * span;
    chart.move(from, from + span);
  }

  function pan(px) {
    const by = timeAt(px, start.window) - timeAt(start.xs[0], start.window);
    chart.move(start.window.from - by, start.window.to - by);
  }

  function showBand(px) {
    band.hidden = Math.abs(px - start.xs[0]) < DRAG_PX;
    band.style.left = `${Math.min(px, start.xs[0])}px`;
    band.style.width = `${Math.abs(px - start.xs[0])}px`;
  }

  function end(event) {
    const pointer = pointers.get(event.pointerId);
    if (!pointer)
      return;
    pointers.delete(event.pointerId);
    if (!band.hidden && event.type === 'pointerup') {
      const times = [start.xs[0], pointer.x].map((px) => timeAt(px, start.window)).sort((a, b) => a - b);
      chart.move(times[0], times[1]);
    }
    band.hidden = true;
    if (pointers.size > 0)
      begin();
  }
  host.addEventListener('pointerup', end);
  host.addEventListener('pointercancel', end);
  host.addEventListener('dblclick', () => chart.reset());

  // What a touchpad sends for two fingers that spread comes as a wheel with Ctrl.
  host.addEventListener('wheel', (event) => {
    if (!event.ctrlKey || !chart.window())
      return;
    event.preventDefault();
    zoom(Math.exp(event.deltaY / 200), timeAt(within(event), chart.window()));
  }, {passive: false});

  function zoom(factor, around) {
    const {from, to} = chart.window();
    chart.move(around - (around - from) * factor, around + (to - around) * factor);
  }

  host.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !chart.window())
      return;
    const {from, to} = chart.window();
    const shift = (part) => chart.move(from + (to - from) * part, to + (to - from) * part);
    const keys = {
      'ArrowLeft': () => event.shiftKey ? shift(-0.2) : chart.step(-1),
      'ArrowRight': () => event.shiftKey ? shift(0.2) : chart.step(1),
      '+': () => zoom(0.5, (from + to) / 2),
      '=': () => zoom(0.5, (from + to) / 2),
      '-': () => zoom(2, (from + to) / 2),
      '0': () => chart.reset(),
    };
    if (!keys[event.key])
      return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
}
